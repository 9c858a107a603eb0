/** The part of Cloudflare's module that is used here. */
declare module "cloudflare:workers" {
  /** Keeps the invocation alive until `work` is done, past the answer. */
  export function waitUntil(work: Promise<unknown>): void;
}
