import { beforeAll, describe, expect, test } from "vitest";
import { type Api, mintWorkspace } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const CSV = { "Content-Type": "text/csv; charset=utf-8" };
const LINES = { "Content-Type": "application/x-ndjson" };

const send = (body: string, headers: Record<string, string> = CSV) =>
  api.post("/v1/orders/import", body, headers);

const table = (...rows: string[]) => ["reference,amount,currency,source", ...rows].join("\r\n");

/** So many orders of one source, and one more. */
async function listed(source: string, limit = 100) {
  return (await made(api.get(`/v1/orders?source=${source}&limit=${limit}`))).data;
}

describe("an import of orders", () => {
  test("keeps what is right, tells each row that is not, and changes nothing when it is sent again", async () => {
    const body = table(
      "M-1,100,CNY,mixed",
      "M-2,1.5,CNY,mixed",
      "M-3,100",
      ",100,CNY,mixed",
      "M-1,100,CNY,mixed",
      "M-1,200,CNY,mixed",
      "M-4,300,CNY,mixed",
    );
    const first = await made(send(body));
    expect(first).toMatchObject({ rows: 7, created: 2, unchanged: 1 });
    expect(
      first.refused.map(({ line, errors }: { line: number; errors: { path: string }[] }) => [
        line,
        errors[0]?.path,
      ]),
    ).toEqual([
      [3, "/amount"],
      [4, ""],
      [5, "/reference"],
      [7, "/reference"],
    ]);
    const again = await made(send(body));
    expect(again).toEqual({ ...first, created: 0, unchanged: 3 });
    const references = (await listed("mixed")).map(({ reference }: { reference: string }) => reference);
    expect(references).toEqual(["M-4", "M-1"]);
  });

  test("takes JSON lines as one takes each alone", async () => {
    const one = {
      reference: "J-1",
      amount: 100,
      currency: "CNY",
      source: "lines",
      items: [{ product: "x", amount: 100 }],
    };
    await made(api.post("/v1/orders", one));
    const two = { ...one, reference: "J-2", identity: { type: "phone", value: "138 0013 8000" } };
    const unknown = { ...one, reference: "J-3", campaignId: "cmp_00000000001" };
    const body = [one, two, unknown, { ...one, colour: "red" }].map((row) => JSON.stringify(row)).join("\n");
    const answer = await made(send(`${body}\n{`, LINES));
    expect(answer).toEqual({
      rows: 5,
      created: 1,
      unchanged: 1,
      refused: [
        { line: 3, errors: [expect.objectContaining({ path: "/campaignId", code: "unknown_campaign" })] },
        { line: 4, errors: [expect.objectContaining({ path: "/colour", code: "unknown_field" })] },
        { line: 5, errors: [expect.objectContaining({ code: "invalid_json" })] },
      ],
    });
    expect((await listed("lines"))[0]).toMatchObject({ reference: "J-2", held: true });
  });

  test("takes five thousand rows, and not one more", async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => `B-${i},${i},CNY,bulk`);
    const whole = await made(send(table(...rows)));
    expect(whole).toEqual({ rows: 5000, created: 5000, unchanged: 0, refused: [] });
    const again = await made(send(table(...rows)));
    expect(again).toEqual({ rows: 5000, created: 0, unchanged: 5000, refused: [] });
    expectProblem(await send(table(...rows, "B-x,1,CNY,bulk")), 400, "invalid_request", "");
    expect((await listed("bulk"))[0]).toMatchObject({ reference: "B-4999", amount: 4999 });
  });

  test("refuses columns and types that it does not know", async () => {
    expectProblem(
      await send("reference,price\nA,1"),
      400,
      "invalid_request",
      "/price",
      "/amount",
      "/currency",
    );
    expectProblem(await send("{}", { "Content-Type": "application/json" }), 415, "unsupported_media_type");
    expect(await made(send("", LINES))).toEqual({ rows: 0, created: 0, unchanged: 0, refused: [] });
  });
});
