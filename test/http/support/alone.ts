import { request as open } from "node:http";
import { inject } from "vitest";
import type { Answer } from "../../support/api.ts";

type Asked = { method: string; headers?: Record<string, string>; body: string | Uint8Array };

/**
 * A request on a connection of its own. A server that refuses a body before it has read all of it closes the
 * connection soon after its answer: under the next request, where connections are shared.
 */
export function requestAlone(path: string, { method, headers = {}, body }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = open(`${inject("baseUrl")}${path}`, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        const all = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value]),
        );
        const told = new Headers(all);
        const json = /[/+]json\b/.test(told.get("Content-Type") ?? "") ? JSON.parse(text) : undefined;
        resolve({ status: response.statusCode ?? 0, headers: told, text, json });
        sent.destroy();
      });
    });
    sent.once("error", reject);
    sent.end(body);
  });
}
