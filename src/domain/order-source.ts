import { z } from "zod";
import { PROVIDERS } from "./providers/index.ts";
import { line } from "./shapes.ts";

/** `POST /v1/order-sources`: whose webhooks are taken, and what they are checked with. */
export const sourceInput = z.strictObject({
  provider: z.enum(PROVIDERS),
  name: line(120),
  /** What the provider signs with; for `wechatpay` the APIv3 key. `standard` may leave it to us. */
  secret: z
    .string()
    .regex(/^[\x21-\x7e]{8,200}$/, "is not 8 to 200 letters, digits and signs")
    .optional(),
  /** For `wechatpay`: its public keys or platform certificates, by the serial that it sends. */
  publicKeys: z
    .array(z.strictObject({ serial: line(100), pem: z.string().max(8192) }))
    .max(10)
    .optional(),
});
export type SourceInput = z.output<typeof sourceInput>;
