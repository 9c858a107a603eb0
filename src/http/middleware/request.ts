import { routePath } from "hono/route";
import { createMiddleware } from "hono/factory";
import { encodeBase32 } from "../../domain/base32.ts";
import type { Ports } from "../../runtime/ports.ts";
import type { Env } from "../env.ts";
import { everyHeader } from "../whole-answer.ts";

/**
 * Gives a request its id and its ports, and writes one log line when it is done. The line has the
 * route's pattern, never the path: paths carry codes and passes.
 */
export const request = (ports: Ports) =>
  createMiddleware<Env>(async (c, next) => {
    const started = performance.now();
    let trips = 0;
    const requestId = `req_${encodeBase32(ports.random(10))}`;
    c.set("requestId", requestId);
    c.set("ports", { ...ports, db: ports.db.counted(() => trips++) });
    try {
      await next();
    } catch (thrown) {
      // Hono leaves a thrown value that is no Error to the platform, which may never answer.
      throw thrown instanceof Error ? thrown : new Error("a value that is no error was thrown");
    }
    if (c.get("whole") !== c.res) {
      // Not c.header(): once there is an answer, that makes another one of it.
      for (const [name, value] of Object.entries(everyHeader(requestId))) c.res.headers.set(name, value);
    }
    if (ports.trace) c.res.headers.set("X-Round-Trips", String(trips));
    ports.log.info("request", {
      requestId,
      method: c.req.method,
      route: routePath(c, -1),
      status: c.res.status,
      ms: Math.round(performance.now() - started),
      trips,
    });
  });
