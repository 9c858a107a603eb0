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

/** AES-256-GCM under one key, with a nonce of 12 bytes. What is sealed ends in its tag of 16 bytes. */
export type Cipher = {
  seal: (nonce: Bytes, plain: Bytes) => Bytes | Promise<Bytes>;
  /** Throws, or rejects, where it was not sealed under this key and nonce. */
  open: (nonce: Bytes, sealed: Bytes) => Bytes | Promise<Bytes>;
};

/** Makes keys ready for use. A host may have a faster way than the one that all hosts share. */
export type Cryptography = {
  macOf: (key: Bytes) => Mac | Promise<Mac>;
  cipherOf: (key: Bytes) => Cipher | Promise<Cipher>;
};

const hmac = { name: "HMAC", hash: "SHA-256" } as const;
const aes = "AES-GCM";
const encoder = new TextEncoder();

/** By WebCrypto: on every host. */
export const webCryptography: Cryptography = {
  macOf: async (raw) => {
    const key = await crypto.subtle.importKey("raw", raw, hmac, false, ["sign"]);
    return async (text) => new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
  },
  cipherOf: async (raw) => {
    const key = await crypto.subtle.importKey("raw", raw, aes, false, ["encrypt", "decrypt"]);
    return {
      seal: async (iv, plain) => new Uint8Array(await crypto.subtle.encrypt({ name: aes, iv }, key, plain)),
      open: async (iv, sealed) => new Uint8Array(await crypto.subtle.decrypt({ name: aes, iv }, key, sealed)),
    };
  },
};

/** Keys that are kept ready: purposes may name a workspace, and a busy server's memory stays flat. */
const MAX_KEYS = 1000;

/** Makes something once for each purpose; from when it is there on, nobody waits for it. */
function perPurpose<T extends object>(
  make: (purpose: string) => Promise<T>,
): (purpose: string) => T | Promise<T> {
  const kept = new Map<string, T | Promise<T>>();
  const makeAndKeep = async (purpose: string): Promise<T> => {
    const made = await make(purpose);
    if (kept.has(purpose)) kept.set(purpose, made);
    return made;
  };
  return (purpose) => {
    let known = kept.get(purpose);
    if (known === undefined) {
      if (kept.size >= MAX_KEYS) kept.clear();
      known = makeAndKeep(purpose);
      kept.set(purpose, known);
    }
    return known;
  };
}

/**
 * A `Secrets` over QROVE_SECRET. Each purpose has its own key, HMAC(secret, purpose), so that a value
 * made for one purpose is worthless for another.
 */
export function createSecrets(secret: string, { macOf, cipherOf }: Cryptography = webCryptography): Secrets {
  const root = macOf(encoder.encode(secret));
  const macs = perPurpose(async (purpose) => macOf(await (await root)(purpose)));
  const mac: Secrets["mac"] = (purpose, text) => {
    const known = macs(purpose);
    return typeof known === "function" ? known(text) : known.then((ready) => ready(text));
  };
  return { mac, ...sealing(perPurpose(async (purpose) => cipherOf(await mac("seal", purpose)))) };
}

const NONCE_BYTES = 12;
const decoder = new TextDecoder("utf-8", { fatal: true });

function sealing(cipherFor: (purpose: string) => Cipher | Promise<Cipher>): Pick<Secrets, "seal" | "unseal"> {
  return {
    seal: async (purpose, text) => {
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const sealed = await (await cipherFor(purpose)).seal(nonce, encoder.encode(text));
      const whole = new Uint8Array(nonce.length + sealed.length);
      whole.set(nonce);
      whole.set(sealed, nonce.length);
      return toBase64(whole);
    },
    unseal: async (purpose, text) => {
      try {
        const whole = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        const cipher = await cipherFor(purpose);
        return decoder.decode(await cipher.open(whole.subarray(0, NONCE_BYTES), whole.subarray(NONCE_BYTES)));
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
