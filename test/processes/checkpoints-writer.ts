import { openFile } from "../../src/runtime/database/libsql-file.ts";

// Writes rows by 16 at once to the file that is named, from an id on, until its input ends; says which are in. Their
// text has so many letters.
const [url = "", first = "0", length = "400"] = process.argv.slice(2);
const { driver, close } = openFile(url);
let next = Number(first);
const ended = new AbortController();
process.stdin.on("end", () => ended.abort()).resume();
const one = async (id: number) => {
  const params = [id, "x".repeat(Number(length)), `${(id * 7919) % 100_003}`];
  await driver([{ sql: "INSERT INTO t (id, text, mark) VALUES (?, ?, ?)", params }], "write");
  process.stdout.write(`${id}\n`);
};
while (!ended.signal.aborted) {
  await Promise.all(Array.from({ length: 16 }, () => one(next++)));
  await new Promise(setImmediate);
}
close();
process.stdout.write("closed\n", () => process.exit(0));
