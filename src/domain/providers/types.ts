import type { Bytes } from "../bytes.ts";
import type { OrderInput } from "../order.ts";
import type { FieldError } from "../problem.ts";

/** What a delivery is checked with: the runtime has the keys' mathematics, a provider says what is signed. */
export type WebhookCrypto = {
  /** Whether `signature` is the HMAC-SHA-256 of `data` under `key`; takes as long for a wrong one. */
  hmac: (key: Bytes, signature: Bytes, data: Bytes) => Promise<boolean>;
  /** Whether `signature` is RSASSA-PKCS1-v1_5 with SHA-256 of `data`, by the owner of a public key (SPKI). */
  rsa: (publicKey: Bytes, signature: Bytes, data: Bytes) => Promise<boolean>;
  /** Opens AES-256-GCM; null where anything was altered. */
  open: (key: Bytes, nonce: Bytes, extra: Bytes, sealed: Bytes) => Promise<Bytes | null>;
};

/** What a source's deliveries are checked with. */
export type SourceKeys = {
  secret: string;
  /** Public keys as SPKI in base64, by the name under which the provider signs with them. */
  publicKeys: readonly { serial: string; key: string }[];
};

/** What came in: the raw bytes, for they are what was signed. */
export type Delivery = {
  body: Bytes;
  header: (name: string) => string | null;
  /** The server's clock, in milliseconds. */
  now: number;
};

/** An order as a provider tells of it; who told is added by the inbox. */
export type ToldOrder = Omit<OrderInput, "source">;

/** What an event is about, once it is known to be the provider's. */
export type ProviderEvent =
  /** `key` is by what the provider itself knows the order, where that is not its reference. */
  | { effect: "paid"; order: ToldOrder; key: string }
  /** `event` tells this refund from others, whichever delivery brings it. */
  | { effect: "refunded" | "refundedTo"; event: string; key: string; amount: number }
  | { effect: "ignored"; event: string };

/** One provider of payments. Its file is all there is to write. */
export type Provider = {
  /** How it is called in the reference. */
  label: string;
  /**
   * Whether who sends it can mend what is wrong: then it is told. Others would send it again for days, and some
   * end the webhook over it.
   */
  strict: boolean;
  /** What is wrong with the keys that a marketer typed in; `keys` is what is kept of them. */
  keys: (given: GivenKeys) => { faults: FieldError[] } | { keys: SourceKeys };
  /**
   * Checks a delivery and says what it is about.
   * @throws Problem `signature_…` for what is not the provider's, `invalid_json`, `invalid_request`
   */
  read: (crypto: WebhookCrypto, keys: SourceKeys, delivery: Delivery) => Promise<ProviderEvent>;
};

/** As they are typed in. `fresh` is a secret of our own, where the provider takes ours. */
export type GivenKeys = {
  secret: string | undefined;
  publicKeys: readonly { serial: string; pem: string }[];
  fresh: string;
};
