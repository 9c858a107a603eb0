import { open } from "node:fs/promises";
import { totalmem } from "node:os";

const PIECE = 64 * 1024;
/** Pieces from one that is read to the next: the system must not take it for a file that is read from end to end. */
const STRIDE = 64;
const LANES = 8;
/** The share of the machine's memory that a file may take. */
const ROOM = 0.75;

/**
 * Has the system keep a database's file in its memory, where that has room for it. A server that has been up has it
 * there; of a file that was just built, or lay idle, more and more is on the disk alone, and the disk would be measured.
 * In small pieces: of what is read in large ones, each page that is written costs several times as much.
 * @returns whether there was room
 */
export async function awaken(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size > ROOM * totalmem()) return false;
    const pieces = Math.ceil(size / PIECE);
    const rows = Math.ceil(pieces / STRIDE);
    let next = 0;
    const lane = async () => {
      const piece = Buffer.alloc(PIECE);
      while (next < rows * STRIDE) {
        const turn = next++;
        const at = (turn % rows) * STRIDE + Math.floor(turn / rows);
        if (at < pieces) await file.read(piece, 0, PIECE, at * PIECE);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return true;
  } finally {
    await file.close();
  }
}
