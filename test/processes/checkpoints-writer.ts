import { openFile } from "../../src/runtime/database/libsql-file.ts";

// Writes rows by 16 at once to the file that is named, and says which are in: `node checkpoints-writer.ts file:… first`.
const [url = "", first = "0", last = "Infinity"] = process.argv.slice(2);
const { driver, close } = openFile(url);
let next = Number(first);
const one = async (id: number) => {
  const params = [id, "x".repeat(400), `${(id * 7919) % 100_003}`];
  await driver([{ sql: "INSERT INTO t (id, text, mark) VALUES (?, ?, ?)", params }], "write");
  process.stdout.write(`${id}\n`);
};
while (next < Number(last)) await Promise.all(Array.from({ length: 16 }, () => one(next++)));
close();
process.stdout.write("closed\n");
process.exit(0);
