import { createDb, type Driver } from "../store/db.ts";
import { insertScans } from "../store/scans.ts";
import type { Config } from "./config.ts";
import type { ClientOf } from "./client.ts";
import { createCodes } from "./codes.ts";
import { createIds } from "./ids.ts";
import { jsonLog, type Log, type Print } from "./log.ts";
import type { Ports, Rasterise } from "./ports.ts";
import { createRandom } from "./random.ts";
import { directRecorder, type MakeRecorder } from "./scans/recorder.ts";
import { createOutbound, type Outbound } from "./outbound.ts";
import { createSecrets, type Cryptography } from "./secrets.ts";
import { httpSender } from "./sending/http.ts";
import type { Send } from "./sending/message.ts";
import { turnstileOf } from "./turnstile.ts";
import { webhookCrypto } from "./webhook-crypto.ts";

/** What only the platform can do. */
export type Host = {
  clientOf: ClientOf;
  recorder: MakeRecorder;
  /** What scans are written with, where it is not what writes everything else. */
  scanDriver?: Driver | undefined;
  rasterise?: Rasterise | null;
  /** Sends e-mails, where the host can by itself. */
  mail?: Send | null;
  later: (log: Log) => Ports["later"];
  turn?: Ports["turn"];
  /** How keys are made ready and lines are printed, where the host knows better than all hosts do. */
  cryptography?: Cryptography;
  print?: Print;
};

/** No host: for commands, and for tests that call services. */
const NO_HOST: Host = {
  clientOf: () => ({ ip: null, country: null }),
  recorder: directRecorder,
  later: () => () => {},
};

/** The ports of any host: the platform brings its driver and its secret, the rest is the same. */
export function buildPorts(config: Config, driver: Driver, secret: string, host: Host = NO_HOST): Ports {
  const now = () => Date.now();
  const random = createRandom();
  const db = createDb(driver);
  const newId = createIds(now, random);
  const log = jsonLog(now, config.QROVE_QUIET === "1", host.print);
  const scanDb = host.scanDriver ? createDb(host.scanDriver) : db;
  const outbound = createOutbound();
  const senders = sendersOf(config, outbound, now, host.mail ?? null);
  const turnstile = turnstileOf(outbound, config);
  const recorder = host.recorder((scans) => insertScans(scanDb, scans, newId()), log);
  return {
    db,
    now,
    random,
    newId,
    newCode: createCodes(random),
    secrets: createSecrets(secret, host.cryptography),
    webhookCrypto,
    log,
    later: host.later(log),
    turn: host.turn ?? null,
    scans: config.QROVE_SCANS === "on" ? recorder : null,
    clientOf: host.clientOf,
    rasterise: host.rasterise ?? null,
    senders,
    turnstile,
    abilities: new Set([
      ...(Object.keys(senders) as (keyof typeof senders)[]),
      ...(turnstile === null ? [] : ["turnstile" as const]),
    ]),
    publicUrl: config.PUBLIC_URL ?? null,
    adminKey: config.QROVE_ADMIN_KEY ?? null,
    trace: config.QROVE_TRACE === "1",
  };
}

/** A mail server takes the e-mails where there is one, and signed calls take the rest. */
function sendersOf(
  config: Config,
  outbound: Outbound,
  now: () => number,
  mail: Send | null,
): Ports["senders"] {
  const { SENDER_URL: url, SENDER_SECRET: secret } = config;
  const call = url === undefined || secret === undefined ? null : httpSender(outbound, url, secret, now);
  const email = mail ?? call;
  return { ...(email && { email }), ...(call && { phone: call }) };
}
