import { createHash } from "node:crypto";

const sha = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Works out a proof as docs/contact-and-human.md says it, with the platform's own hash. */
export function solve(challenge: string, type: string, typed: string, bits: number): string {
  const encoded = encodeURIComponent(typed);
  const seed = sha(`${challenge}\n${type}\n${encoded}`).toString("hex");
  for (let nonce = 0; ; nonce++) {
    if (Math.clz32(sha(`${seed}.${nonce}`).readUInt32BE()) >= bits) return `${challenge}.${nonce}.${encoded}`;
  }
}
