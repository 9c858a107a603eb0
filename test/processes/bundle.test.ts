import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { disposableEmailBlocklistSet } from "disposable-email-domains-js";
import jsqr from "jsqr";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kanjiQrPixels } from "../http/support/pictures.ts";
import { temporaryFolder } from "../support/processes.ts";

const LIMIT = 400 * 1024;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let part: (name: string) => Promise<Record<string, unknown>>;

beforeAll(async () => {
  folder = await temporaryFolder();
  execFileSync("node", ["scripts/worker-parts.mjs", folder.path]);
  part = (name) => import(pathToFileURL(join(folder.path, name)).href);
});
afterAll(() => folder.remove());

test("the Worker builds with wrangler, and is below 400 KiB gzipped", () => {
  execFileSync("wrangler", ["deploy", "--dry-run", "--outdir", folder.path], { stdio: "pipe" });
  const size = gzipSync(readFileSync(join(folder.path, "worker.js"))).length;
  console.log(`the Worker: ${Math.round(size / 1024)} KiB gzipped`);
  expect(size).toBeGreaterThan(50 * 1024);
  expect(size).toBeLessThan(LIMIT);
});

test("the Worker knows the same disposable domains as Node", async () => {
  const { disposableEmailBlocklistSet: unpacked } = await part("disposable.js");
  const domains = (unpacked as typeof disposableEmailBlocklistSet)();
  expect([...domains].sort()).toEqual([...disposableEmailBlocklistSet()].sort());
});

test("the Worker reads every Japanese character in a QR code that the whole reader reads", async () => {
  const table = readFileSync("node_modules/jsqr/dist/jsQR.js", "utf8").matchAll(
    /^ +(0x[0-9A-F]{4}): (0x[0-9A-F]{4}),$/gm,
  );
  const codes = new Map<string, number>();
  for (const [, code, character] of table) codes.set(String.fromCharCode(Number(character)), Number(code));
  expect(codes.size).toBeGreaterThan(6800);

  const readers = [jsqr, (await part("jsqr.cjs"))["default"] as typeof jsqr];
  const characters = [...codes.keys()];
  for (let at = 0; at < characters.length; at += 900) {
    const text = characters.slice(at, at + 900).join("");
    const { data, width, height } = kanjiQrPixels(text, (character) => codes.get(character) ?? 0);
    const pixels = new Uint8ClampedArray(data);
    for (const read of readers) expect(read(pixels, width, height)?.data).toBe(text);
  }
});

test("the Worker refuses in the same words as Node", async () => {
  const [whole, parts] = [await import("zod"), (await part("zod.js")) as typeof import("zod")];
  const said = ({ z }: typeof import("zod")) => {
    const shape = z.strictObject({
      name: z.string().min(2),
      email: z.email(),
      at: z.iso.datetime(),
      kind: z.enum(["a", "b"]),
      count: z.coerce.number().int().max(9),
      either: z.union([z.url(), z.boolean()]),
      list: z.array(z.literal("x")).max(1),
    });
    const given = {
      name: "",
      email: "x",
      at: 1,
      kind: "c",
      count: "12.5",
      either: 1,
      list: ["y", "x"],
      more: 1,
    };
    return shape.safeParse(given).error?.issues;
  };
  expect(said(parts)).toEqual(said(whole));
  expect(said(whole)).toHaveLength(8);
});
