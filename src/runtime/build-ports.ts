import { createDb, type Driver } from "../store/db.ts";
import type { Config } from "./config.ts";
import { createIds } from "./ids.ts";
import { jsonLog } from "./log.ts";
import type { Ports } from "./ports.ts";
import { createSecrets } from "./secrets.ts";

/** The ports of any host: the platform brings its driver and its secret, the rest is the same. */
export function buildPorts(config: Config, driver: Driver, secret: string): Ports {
  const now = () => Date.now();
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  return {
    db: createDb(driver),
    now,
    random,
    newId: createIds(now, random),
    secrets: createSecrets(secret),
    log: jsonLog(now, config.QROVE_QUIET === "1"),
    publicUrl: config.PUBLIC_URL ?? null,
    adminKey: config.QROVE_ADMIN_KEY ?? null,
    trace: config.QROVE_TRACE === "1",
  };
}
