import type { Print } from "./log.ts";

/**
 * Lines on standard output, all that come in one turn of the event loop in one write: each one holds
 * the process up. A process that is killed loses the lines of that turn, and no more.
 */
export function groupedLines(): Print {
  let waiting = "";
  const flush = () => {
    if (waiting === "") return;
    const lines = waiting;
    waiting = "";
    process.stdout.write(lines);
  };
  process.on("exit", flush);
  return (line, urgent) => {
    if (waiting === "") setImmediate(flush);
    waiting += `${line}\n`;
    if (urgent) flush();
  };
}
