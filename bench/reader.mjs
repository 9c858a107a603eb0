// src/runtime/database/reader.ts
import Database from "libsql";
import { parentPort, workerData } from "node:worker_threads";

// src/runtime/database/reads-beside.ts
var [CLOSING, ENDED] = [0, 1];
var LARGE_BYTES = 16 * 2 ** 20;

// src/runtime/database/rows.ts
function bindValue(value) {
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "boolean") return value ? 1n : 0n;
  return value ?? null;
}
function demandDistinct(columns) {
  if (new Set(columns).size !== columns.length)
    throw new Error(`two columns share a name: ${columns.join(", ")}`);
}

// src/runtime/database/statements.ts
var MAX_PREPARED = 500;
var ONE_ROW = /\bLIMIT 1$/;
function preparedOn(database2) {
  let open = true;
  const prepared = /* @__PURE__ */ new Map();
  const prepare = (sql) => {
    if (!open) throw new Error("the database is closed");
    let statement = prepared.get(sql);
    if (statement === void 0) {
      const made = database2.prepare(sql);
      const { reader } = made;
      if (reader) {
        made.raw(true);
        demandDistinct(made.columns().map(({ name }) => name));
      }
      const one = (values) => {
        const row = made.get(values);
        return row === void 0 ? [] : [row];
      };
      statement = {
        reader,
        all: ONE_ROW.test(sql) ? one : (values) => made.all(values),
        run: (values) => void made.run(values),
      };
      if (prepared.size >= MAX_PREPARED) prepared.clear();
      prepared.set(sql, statement);
    }
    return statement;
  };
  return {
    run: ({ sql, params }) => {
      const statement = prepare(sql);
      const values = params.map(bindValue);
      if (statement.reader) return statement.all(values);
      statement.run(values);
      return [];
    },
    command: (sql) => prepare(sql).run([]),
    inTransaction: () => open && database2.inTransaction,
    isOpen: () => open,
    close: () => {
      open = false;
      prepared.clear();
      database2.close();
    },
  };
}

// src/runtime/database/reader.ts
var { path, busyMs, shared } = workerData;
var database = new Database(path, { timeout: busyMs });
for (const pragma of ["query_only = ON", "cache_size = -4096"]) database.pragma(pragma);
var { run, command, close } = preparedOn(database);
function read(statements) {
  command("BEGIN");
  try {
    return statements.map(run);
  } finally {
    command("COMMIT");
  }
}
function answer(statements) {
  try {
    return { rows: read(statements) };
  } catch (error) {
    const { message, code } = error;
    return { message, code };
  }
}
parentPort?.on("message", (asked) => {
  if (asked !== null && Atomics.load(shared, CLOSING) === 0) {
    parentPort?.postMessage(answer(asked));
    return;
  }
  close();
  Atomics.store(shared, ENDED, 1);
  Atomics.notify(shared, ENDED);
  parentPort?.close();
});
//# sourceMappingURL=reader.mjs.map
