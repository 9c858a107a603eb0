import { type Bytes, fromBase64, toBase64 } from "../bytes.ts";

/** rsaEncryption, 1.2.840.113549.1.1.1, as it stands in a public key. */
const RSA = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

const SEQUENCE = 0x30;
const VERSION = 0xa0;

/** One element of DER: its tag, where its content begins, and where it ends. */
function element(der: Bytes, at: number): { tag: number; start: number; end: number } | null {
  const [tag, first] = [der[at], der[at + 1]];
  if (tag === undefined || first === undefined) return null;
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first };
  const bytes = first & 0x7f;
  if (bytes === 0 || bytes > 3) return null;
  let length = 0;
  for (let i = 0; i < bytes; i++) length = length * 256 + (der[at + 2 + i] ?? 0);
  const start = at + 2 + bytes;
  return { tag, start, end: start + length };
}

/** The public key in an X.509 certificate: the seventh part of its first part, the version counted. */
function ofCertificate(der: Bytes): Bytes | null {
  const whole = element(der, 0);
  const body = whole && element(der, whole.start);
  if (!whole || !body || whole.tag !== SEQUENCE || body.tag !== SEQUENCE) return null;
  let at = body.start;
  // Before the key: serial, algorithm, issuer, validity, subject.
  let left = element(der, at)?.tag === VERSION ? 6 : 5;
  for (; left > 0; left--) {
    const part = element(der, at);
    if (part === null || part.end > body.end) return null;
    at = part.end;
  }
  const key = element(der, at);
  return key !== null && key.end <= body.end ? der.slice(at, key.end) : null;
}

/** An RSA public key, as SPKI in base64, of a PEM text with it or with a certificate of it; else null. */
export function publicKeyOf(pem: string): string | null {
  const match = /-----BEGIN (PUBLIC KEY|CERTIFICATE)-----([A-Za-z0-9+/=\s]+)-----END \1-----/.exec(pem);
  const der = match && fromBase64((match[2] ?? "").replace(/\s/g, ""));
  if (!der) return null;
  const key = match[1] === "CERTIFICATE" ? ofCertificate(der) : der;
  if (key === null || element(key, 0)?.end !== key.length) return null;
  const algorithm = element(key, element(key, 0)?.start ?? 0);
  return algorithm?.tag === SEQUENCE && RSA.every((byte, i) => key[algorithm.start + i] === byte)
    ? toBase64(key)
    : null;
}
