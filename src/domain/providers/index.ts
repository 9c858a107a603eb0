import { shopify } from "./shopify.ts";
import { standard } from "./standard.ts";
import { stripe } from "./stripe.ts";
import type { Provider } from "./types.ts";
import { wechatpay } from "./wechatpay.ts";

/** Who can tell of payments and purchases. */
export const PROVIDERS = ["stripe", "wechatpay", "shopify", "standard"] as const;
export type ProviderKind = (typeof PROVIDERS)[number];

const registry: Record<ProviderKind, Provider> = { stripe, wechatpay, shopify, standard };

export const providerOf = (kind: ProviderKind): Provider => registry[kind];
