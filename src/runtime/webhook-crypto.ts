import type { WebhookCrypto } from "../domain/providers/types.ts";

const sha256 = "SHA-256";
const hmac = { name: "HMAC", hash: sha256 } as const;
const rsa = { name: "RSASSA-PKCS1-v1_5", hash: sha256 } as const;
const aes = "AES-GCM";

/** By WebCrypto: on every host. What a key cannot be made of proves nothing. */
export const webhookCrypto: WebhookCrypto = {
  hmac: async (key, signature, data) => {
    try {
      const imported = await crypto.subtle.importKey("raw", key, hmac, false, ["verify"]);
      return await crypto.subtle.verify("HMAC", imported, signature, data);
    } catch {
      return false;
    }
  },
  rsa: async (publicKey, signature, data) => {
    try {
      const imported = await crypto.subtle.importKey("spki", publicKey, rsa, false, ["verify"]);
      return await crypto.subtle.verify(rsa.name, imported, signature, data);
    } catch {
      return false;
    }
  },
  open: async (key, nonce, extra, sealed) => {
    try {
      const imported = await crypto.subtle.importKey("raw", key, aes, false, ["decrypt"]);
      const plain = await crypto.subtle.decrypt(
        { name: aes, iv: nonce, additionalData: extra },
        imported,
        sealed,
      );
      return new Uint8Array(plain);
    } catch {
      return null;
    }
  },
};
