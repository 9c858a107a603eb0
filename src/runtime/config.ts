import { z } from "zod";
import { isOutboundUrl } from "./outbound.ts";
import { isWebhookSecret } from "./sending/http.ts";

const outboundUrl = z.string().refine(isOutboundUrl, "must begin with https:, or be on this machine");

/** The settings that the environment gives, checked once at the start. */
const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(8787),
  DATABASE_URL: z
    .string()
    .regex(/^(file:|libsql:|https?:|wss?:)/, "must begin with file:, libsql:, http: or https:")
    .optional(),
  DATABASE_AUTH_TOKEN: z.string().min(1).optional(),
  QROVE_DATA: z.string().min(1).default("./data"),
  QROVE_SECRET: z.string().min(32, "must have at least 32 characters").optional(),
  QROVE_ADMIN_KEY: z.string().min(24, "must have at least 24 characters").max(200).optional(),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ""))
    .optional(),
  QROVE_TRACE: z.enum(["0", "1"]).default("0"),
  QROVE_QUIET: z.enum(["0", "1"]).default("0"),
  /** `off`: arrivals on invites are not kept, and the funnel begins at the gate. */
  QROVE_SCANS: z.enum(["on", "off"]).default("on"),
  /** `1`: one proxy of the operator's own stands in front, and its X-Forwarded-For is true. */
  QROVE_TRUST_PROXY: z.enum(["0", "1"]).default("0"),
  /** Who delivers one-time codes: a service that takes signed calls, or on Node a mail server. */
  SENDER_URL: outboundUrl.optional(),
  SENDER_SECRET: z.string().refine(isWebhookSecret, "must be whsec_ and 24 to 64 bytes in base64").optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/./, "must begin with smtp: or smtps:")
    .optional(),
  MAIL_FROM: z.string().min(3).max(320).optional(),
  /** Cloudflare's check that no machine fills in a form. */
  TURNSTILE_SECRET: z.string().min(1).optional(),
  TURNSTILE_SITE_KEY: z
    .string()
    .regex(/^[\w.-]{1,100}$/)
    .optional(),
  TURNSTILE_URL: outboundUrl.default("https://challenges.cloudflare.com/turnstile/v0/siteverify"),
});

/** Settings that are of no use without another one. */
const PAIRS = [
  ["SENDER_URL", "SENDER_SECRET"],
  ["SMTP_URL", "MAIL_FROM"],
  ["TURNSTILE_SECRET", "TURNSTILE_SITE_KEY"],
] as const;
export type Config = z.output<typeof schema>;

/**
 * Reads the configuration. Empty values count as absent.
 * @throws an Error that names every setting at fault, and never its value
 */
export function parseConfig(env: Record<string, unknown>): Config {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) =>
      env[name] === undefined || env[name] === "" ? [] : [[name, env[name]]],
    ),
  );
  const result = schema.safeParse(given);
  const faults = PAIRS.filter(([one, other]) => one in given && !(other in given)).map(
    ([one, other]) => `  ${other}: is needed with ${one}`,
  );
  if (result.success && faults.length === 0) return result.data;
  faults.push(...(result.error?.issues ?? []).map(({ path, message }) => `  ${path.join(".")}: ${message}`));
  throw new Error(`The configuration is wrong:\n${faults.join("\n")}`);
}
