/** Keyed hashing with keys that are derived from the installation's one secret. */
export type Secrets = {
  /** HMAC-SHA-256 of `text` under the key of `purpose`; 32 bytes. */
  mac: (purpose: string, text: string) => Promise<Uint8Array>;
};

const hmac = { name: "HMAC", hash: "SHA-256" } as const;

/**
 * A `Secrets` over QROVE_SECRET. Each purpose has its own key, HMAC(secret, purpose), so that a value
 * made for one purpose is worthless for another.
 */
export function createSecrets(secret: string): Secrets {
  const encoder = new TextEncoder();
  const importKey = (raw: Uint8Array<ArrayBuffer>) =>
    crypto.subtle.importKey("raw", raw, hmac, false, ["sign"]);
  const root = importKey(encoder.encode(secret));
  const keys = new Map<string, ReturnType<typeof importKey>>();
  const keyFor = (purpose: string) => {
    let key = keys.get(purpose);
    if (key === undefined) {
      key = root.then(async (rootKey) =>
        importKey(new Uint8Array(await crypto.subtle.sign("HMAC", rootKey, encoder.encode(purpose)))),
      );
      // Purposes may name a workspace: a bound keeps a busy server's memory flat.
      if (keys.size >= 1000) keys.clear();
      keys.set(purpose, key);
    }
    return key;
  };
  return {
    mac: async (purpose, text) =>
      new Uint8Array(await crypto.subtle.sign("HMAC", await keyFor(purpose), encoder.encode(text))),
  };
}
