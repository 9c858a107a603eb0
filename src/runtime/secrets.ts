type Bytes = Uint8Array<ArrayBuffer>;

/** Keyed hashing with keys that are derived from the installation's one secret. */
export type Secrets = {
  /** HMAC-SHA-256 of `text` under the key of `purpose`; 32 bytes. At once, where the host can. */
  mac: (purpose: string, text: string) => Bytes | Promise<Bytes>;
};

/** HMAC-SHA-256 under one key. */
export type Mac = (text: string) => Bytes | Promise<Bytes>;

/** Makes a key ready for use. A host may have a faster way than the one that all hosts share. */
export type ImportKey = (raw: Bytes) => Mac | Promise<Mac>;

const hmac = { name: "HMAC", hash: "SHA-256" } as const;
const encoder = new TextEncoder();

/** By WebCrypto: on every host. */
export const webKey: ImportKey = async (raw) => {
  const key = await crypto.subtle.importKey("raw", raw, hmac, false, ["sign"]);
  return async (text) => new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
};

/** Keys that are kept ready: purposes may name a workspace, and a busy server's memory stays flat. */
const MAX_KEYS = 1000;

/**
 * A `Secrets` over QROVE_SECRET. Each purpose has its own key, HMAC(secret, purpose), so that a value
 * made for one purpose is worthless for another.
 */
export function createSecrets(secret: string, importKey: ImportKey = webKey): Secrets {
  const root = importKey(encoder.encode(secret));
  const keys = new Map<string, Mac | Promise<Mac>>();
  const derive = async (purpose: string): Promise<Mac> => {
    const key = await importKey(await (await root)(purpose));
    // From now on nobody waits for it.
    if (keys.has(purpose)) keys.set(purpose, key);
    return key;
  };
  const keyFor = (purpose: string) => {
    let key = keys.get(purpose);
    if (key === undefined) {
      if (keys.size >= MAX_KEYS) keys.clear();
      key = derive(purpose);
      keys.set(purpose, key);
    }
    return key;
  };
  return {
    mac: (purpose, text) => {
      const key = keyFor(purpose);
      return typeof key === "function" ? key(text) : key.then((ready) => ready(text));
    },
  };
}
