import { once } from "node:events";
import { Agent, type ClientRequest, request as open } from "node:http";
import { setImmediate } from "node:timers/promises";
import { inject } from "vitest";
import type { Answer } from "../../support/api.ts";

type Asked = { method: string; headers?: Record<string, string>; body: string | Uint8Array };

const PIECE = 64 * 1024;

/** Sends a body piece by piece, and no more of it once there is an answer: the other side may have hung up then. */
async function send(sent: ClientRequest, body: Buffer, isAnswered: () => boolean): Promise<void> {
  for (let at = 0; at < body.length && !isAnswered(); at += PIECE) {
    if (!sent.write(body.subarray(at, at + PIECE))) await once(sent, "drain");
    // The answer is taken in before the next piece goes out.
    await setImmediate();
  }
  if (!isAnswered()) sent.end();
}

/**
 * A request on a connection of its own. A server that refuses a body before it has read all of it closes the
 * connection soon after its answer: under the next request, where connections are shared.
 */
export function requestAlone(path: string, { method, headers = {}, body }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body);
    const isTold = Object.keys(headers).some((name) => /^(content-length|transfer-encoding)$/i.test(name));
    const all = isTold ? headers : { ...headers, "Content-Length": String(bytes.length) };
    let answered = false;
    // Of a connection that is to be closed Node lets go at the end of its answer, without taking in the rest of a body.
    const agent = new Agent({ keepAlive: true });
    const sent = open(`${inject("baseUrl")}${path}`, { method, headers: all, agent }, (response) => {
      answered = true;
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        const entries = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value]),
        );
        const told = new Headers(entries);
        const json = /[/+]json\b/.test(told.get("Content-Type") ?? "") ? JSON.parse(text) : undefined;
        resolve({ status: response.statusCode ?? 0, headers: told, text, json });
        sent.destroy();
        agent.destroy();
      });
    });
    sent.once("error", reject);
    send(sent, bytes, () => answered).catch(reject);
  });
}
