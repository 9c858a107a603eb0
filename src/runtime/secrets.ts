type Bytes = Uint8Array<ArrayBuffer>;

/** Keyed hashing with keys that are derived from the installation's one secret. */
export type Secrets = {
  /** HMAC-SHA-256 of `text` under the key of `purpose`; 32 bytes. At once, where the host can. */
  mac: (purpose: string, text: string) => Bytes | Promise<Bytes>;
  /** Encrypts and authenticates `text` (AES-256-GCM, a fresh nonce each time) under the key of `purpose`. */
  seal: (purpose: string, text: string) => Promise<string>;
  /** The text under a seal of `purpose`; null for anything else. */
  unseal: (purpose: string, sealed: string) => Promise<string | null>;
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
  const mac: Secrets["mac"] = (purpose, text) => {
    const key = keyFor(purpose);
    return typeof key === "function" ? key(text) : key.then((ready) => ready(text));
  };
  return { mac, ...sealing(async (purpose) => mac("seal", purpose)) };
}

const aes = "AES-GCM";
const NONCE_BYTES = 12;
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Encryption with keys of which `keyOf` gives the 32 bytes. */
function sealing(keyOf: (purpose: string) => Promise<Bytes>): Pick<Secrets, "seal" | "unseal"> {
  const keyFor = async (purpose: string, use: "encrypt" | "decrypt") =>
    crypto.subtle.importKey("raw", await keyOf(purpose), aes, false, [use]);
  return {
    seal: async (purpose, text) => {
      const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const key = await keyFor(purpose, "encrypt");
      const sealed = new Uint8Array(
        await crypto.subtle.encrypt({ name: aes, iv }, key, encoder.encode(text)),
      );
      const whole = new Uint8Array(iv.length + sealed.length);
      whole.set(iv);
      whole.set(sealed, iv.length);
      return toBase64(whole);
    },
    unseal: async (purpose, text) => {
      try {
        const whole = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        const iv = whole.subarray(0, NONCE_BYTES);
        const key = await keyFor(purpose, "decrypt");
        const opened = await crypto.subtle.decrypt({ name: aes, iv }, key, whole.subarray(NONCE_BYTES));
        return decoder.decode(opened);
      } catch {
        return null;
      }
    },
  };
}

/** In parts: a call takes only so many arguments. */
function toBase64(bytes: Bytes): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
