/** Who can tell of payments and purchases. */
export const PROVIDERS = ["stripe", "wechatpay", "shopify", "standard"] as const;
export type ProviderKind = (typeof PROVIDERS)[number];
