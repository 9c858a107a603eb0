import { CODE_BYTES, codeText } from "../domain/invite.ts";
import type { Ports } from "../runtime/ports.ts";

/** A new random code: 52 bits, canonical form. */
export function newCode({ random }: Pick<Ports, "random">): string {
  for (;;) {
    const code = codeText(random(CODE_BYTES));
    if (code !== null) return code;
  }
}
