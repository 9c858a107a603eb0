import type { Context } from "hono";
import type { Actor } from "../domain/key.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Call } from "../services/call.ts";

/** What the middleware leaves for the handlers. */
export type Env = {
  Variables: {
    ports: Ports;
    requestId: string;
    /** Set on `/v1` only, by authentication. */
    actor: Actor;
    /** The language of the page whose form was sent; unset where there was none. */
    lang: string | null;
    /** The answer, where it was made with all of its headers: see `wholeAnswer`. */
    whole: Response;
  };
};

/** The authenticated call that a service wants. */
export const callOf = (c: Context<Env>): Call => ({ ports: c.get("ports"), actor: c.get("actor") });

/** Where people reach this installation: as configured, else as this request did. */
export function originOf(c: Context<Env>): string {
  const { url } = c.req;
  return c.get("ports").publicUrl ?? url.slice(0, url.indexOf("/", url.indexOf("://") + 3));
}
