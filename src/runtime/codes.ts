import { CODE_BYTES, codeText } from "../domain/invite.ts";

/** Characters that neighbours have in common: 8 are left, 38 bits. */
const SHARED = 3;
/** How many codes begin alike. Of all that begin so, they are one in a thousand million. */
const NEIGHBOURS = 256;

/**
 * Makes the codes of invites. Those that are made one after the other begin with the same three random
 * characters, so that they lie side by side in the index: one page is written for a crowd that joins, not
 * one for each of them. Whoever knows one code is no nearer to its neighbours than anybody is to some code
 * of ten million.
 */
export function createCodes(random: (length: number) => Uint8Array): () => string {
  let start = "";
  let left = 0;
  return () => {
    for (;;) {
      const code = codeText(random(CODE_BYTES), left > 0 ? start : "");
      if (code === null) continue;
      if (left === 0) {
        start = code.slice(0, SHARED);
        left = NEIGHBOURS;
      }
      left--;
      return code;
    }
  };
}
