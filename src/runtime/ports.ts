import type { Ability } from "../domain/criteria/types.ts";
import type { ContactType } from "../domain/criteria/verified-contact.ts";
import type { Db } from "../store/db.ts";
import type { WebhookCrypto } from "../domain/providers/types.ts";
import type { ClientOf } from "./client.ts";
import type { Log } from "./log.ts";
import type { ScanRecorder } from "./scans/recorder.ts";
import type { Secrets } from "./secrets.ts";
import type { Send } from "./sending/message.ts";
import type { Turnstile } from "./turnstile.ts";

export type { Client } from "./client.ts";

/** Draws an SVG as PNG, `width` pixels wide. */
export type Rasterise = (svg: string, width: number) => Promise<Uint8Array<ArrayBuffer>>;

/** Everything that the product needs of the outside world, built once in an entry file. */
export type Ports = {
  db: Db;
  /** The server's clock: milliseconds since 1970. */
  now: () => number;
  /** A 53-bit candidate for a new id (see `freshId`). */
  newId: () => number;
  /** A new code for an invite, in canonical form (see `createCodes`). */
  newCode: () => string;
  /** `length` random bytes. */
  random: (length: number) => Uint8Array;
  secrets: Secrets;
  /** Checks what providers of payments sign. */
  webhookCrypto: WebhookCrypto;
  log: Log;
  /**
   * Does `work` about `ms` milliseconds from now, after the answer; once, however often `key` is asked for
   * meanwhile. A failure is logged. Nothing may depend on it: a process can end before.
   */
  later: (key: string, ms: number, work: () => Promise<void>) => void;
  /**
   * Resolves when all requests of this turn of the event loop have been taken in; null where a request may
   * not wait for what another one began.
   */
  turn: (() => Promise<void>) | null;
  /** Keeps arrivals on invites; null where the operator wants none kept. */
  scans: ScanRecorder | null;
  /** Who sent a request, as far as this host knows. */
  clientOf: ClientOf;
  /** Draws posters as PNG; null where the host cannot. */
  rasterise: Rasterise | null;
  /** Who delivers a one-time code to an address of each kind; missing where nobody does. */
  senders: { readonly [Type in ContactType]?: Send };
  /** What gates may ask for, by what is configured. */
  abilities: ReadonlySet<Ability>;
  /** Cloudflare's check that somebody is no machine; null where it is not configured. */
  turnstile: Turnstile | null;
  /** Where people reach this installation, without a slash at the end; null: as the request says. */
  publicUrl: string | null;
  /** The installation's first admin key, when the operator chose one. */
  adminKey: string | null;
  /** Whether answers tell their round trips to the database, for tests and tuning. */
  trace: boolean;
};
