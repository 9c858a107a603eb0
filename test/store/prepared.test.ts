import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { formatId, type Id } from "../../src/domain/id.ts";
import { Problem } from "../../src/domain/problem.ts";
import { createDb } from "../../src/store/db.ts";
import { perShape, prepared } from "../../src/store/prepared.ts";
import { campaigns } from "../../src/store/schema/campaigns.ts";
import { participants } from "../../src/store/schema/people.ts";
import { openPorts } from "../support/ports.ts";

const campaign = formatId("campaign", 12_345);

test("A text is built once, and each slot of a statement is bound once", () => {
  let built = 0;
  const statements = prepared<{ campaign: Id; now: number; name: string | null }>((slot) => {
    built++;
    const now = slot("now");
    return [
      sql`SELECT '?', ${slot("campaign", campaigns.id)}, ${now}, ${7}, ${now} + ${"x"}, ${campaigns.name}`,
      sql`SELECT ${slot("name")} WHERE ${now} > ${slot("campaign", campaigns.id)}`,
    ];
  });
  expect(built).toBe(0);
  const first = statements({ campaign, now: 5, name: null });
  expect(first).toEqual([
    { sql: `SELECT '?', ?1, ?2, ?3, ?2 + ?4, "campaigns"."name"`, params: [12_345, 5, 7, "x"] },
    { sql: "SELECT ?1 WHERE ?2 > ?3", params: [null, 5, 12_345] },
  ]);
  const second = statements({ campaign, now: 6, name: "Lin" });
  expect(second.map(({ params }) => params)).toEqual([
    [12_345, 6, 7, "x"],
    ["Lin", 6, 12_345],
  ]);
  expect(second.map(({ sql }) => sql)).toEqual(first.map(({ sql }) => sql));
  expect(built).toBe(1);
});

test("Values are checked and encoded as their columns are", () => {
  const one = prepared<{ id: unknown; attributes?: unknown }>((slot) => [
    sql`SELECT ${slot("id", participants.id)}, ${slot("attributes", participants.attributes)}`,
  ]);
  const id = formatId("participant", 9);
  expect(one({ id, attributes: { level: 3 } })).toMatchObject([{ params: [9, '{"level":3}'] }]);
  expect(one({ id: null, attributes: null })).toMatchObject([{ params: [null, null] }]);
  expect(() => one({ id: campaign, attributes: null })).toThrow("not an id of a participant");
  expect(() => one({ id: "; DROP TABLE members", attributes: null })).toThrow("not an id");
  expect(() => one({ id })).toThrow("no value for attributes");
  const torn = prepared<{ id: Id }>((slot) => [
    sql`SELECT ${slot("id", participants.id)}, ${slot("id", campaigns.id)}`,
  ]);
  expect(() => torn({ id })).toThrow("two columns");
});

test("Each shape is made once", () => {
  const made: string[] = [];
  const shaped = perShape((strategy: string, waits: boolean, codes: number) => {
    made.push(`${strategy} ${waits} ${codes}`);
    return prepared<object>(() => [sql`SELECT ${strategy} ${waits ? sql`, ${codes}` : sql``}`]);
  });
  expect(shaped("a", true, 1)).toBe(shaped("a", true, 1));
  expect(shaped("a", true, 1)({})).toEqual([{ sql: "SELECT ?1 , ?2", params: ["a", 1] }]);
  expect(shaped("a", false, 1)({})).toEqual([{ sql: "SELECT ?1 ", params: ["a"] }]);
  expect(made).toEqual(["a true 1", "a false 1"]);
});

test("Ready statements run as one batch, are counted as one trip, and are busy like others", async () => {
  const { ports, close } = await openPorts();
  let trips = 0;
  const db = ports.db.counted(() => trips++);
  const keep = prepared<{ name: string; at: number }>((slot) => [
    sql`INSERT INTO workspaces (id, name, created_at) VALUES (77, ${slot("name")}, ${slot("at")})`,
    sql`SELECT name, created_at = ${slot("at")} AS same FROM workspaces WHERE id = 77 AND name = ${slot("name")}`,
  ]);
  const count = prepared<object>(() => [sql`SELECT count(*) FROM workspaces WHERE id = 77`]);
  try {
    expect(await db.run("write", keep({ name: "A?1", at: 5 }))).toEqual([[], [["A?1", 1]]]);
    expect(await db.run("read", count({}))).toEqual([[[1]]]);
    expect(trips).toBe(2);
    // The second batch meets the first one's row: nothing of it stays.
    const other = prepared<{ at: number }>((slot) => [
      sql`UPDATE workspaces SET name = 'B' WHERE id = 77`,
      sql`INSERT INTO workspaces (id, name, created_at) VALUES (77, 'C', ${slot("at")})`,
    ]);
    await expect(db.run("write", other({ at: 6 }))).rejects.toThrow();
    const [, rows] = await db.run("read", [...count({}), ...keep({ name: "A?1", at: 5 }).slice(1)]);
    expect(rows).toEqual([["A?1", 1]]);
  } finally {
    await close();
  }
  const busy = createDb(() =>
    Promise.reject(Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" })),
  );
  await expect(busy.run("write", count({}))).rejects.toThrow(Problem);
});
