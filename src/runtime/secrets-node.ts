import { createHmac, createSecretKey } from "node:crypto";
import type { ImportKey } from "./secrets.ts";

/**
 * HMAC at once: WebCrypto sends each one to a thread and back, which costs thirty times the hash of
 * a short text and lets it wait behind others.
 */
export const nodeKey: ImportKey = (raw) => {
  const key = createSecretKey(raw);
  return (text) => createHmac("sha256", key).update(text).digest();
};
