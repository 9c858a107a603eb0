import { createCipheriv, createDecipheriv, createHmac, createSecretKey } from "node:crypto";
import type { Cryptography } from "./secrets.ts";

const AES = "aes-256-gcm";
const TAG_BYTES = 16;

/**
 * At once: WebCrypto sends each hash and each seal to a thread and back, which costs thirty times the hash of
 * a short text and lets it wait behind others.
 */
export const nodeCryptography: Cryptography = {
  macOf: (raw) => {
    const key = createSecretKey(raw);
    return (text) => createHmac("sha256", key).update(text).digest();
  },
  cipherOf: (raw) => {
    const key = createSecretKey(raw);
    return {
      seal: (nonce, plain) => {
        const cipher = createCipheriv(AES, key, nonce);
        return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      },
      open: (nonce, sealed) => {
        const text = sealed.length - TAG_BYTES;
        if (text < 0) throw new RangeError("too short for a seal");
        const decipher = createDecipheriv(AES, key, nonce, { authTagLength: TAG_BYTES });
        decipher.setAuthTag(sealed.subarray(text));
        return Buffer.concat([decipher.update(sealed.subarray(0, text)), decipher.final()]);
      },
    };
  },
};
