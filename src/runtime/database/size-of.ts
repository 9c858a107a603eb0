import { statSync } from "node:fs";

/** Bytes of a file; 0 where that cannot be told: whoever asks has done their work, and must not hear that this failed. */
export function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
