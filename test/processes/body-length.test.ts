import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { startNodeServer, temporaryFolder } from "../support/processes.ts";

/** The status by which a server answers bytes that no client would send. */
async function answerTo(url: string, lines: string[], body: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, "connect");
    socket.write(
      `${["POST /v1/communities HTTP/1.1", "Host: localhost", ...lines].join("\r\n")}\r\n\r\n${body}`,
    );
    let text = "";
    for await (const chunk of socket) {
      text += String(chunk);
      if (text.includes("\r\n\r\n")) break;
    }
    return Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);
  } finally {
    socket.destroy();
  }
}

const length = (value: string) => `Content-Length: ${value}`;
const CHUNKED = "Transfer-Encoding: chunked";

test("a body's length that is not one is refused, and who lies about it brings nothing down", async () => {
  const folder = await temporaryFolder();
  const server = await startNodeServer({ QROVE_DATA: folder.path });
  try {
    const refused = async (status: number, lines: string[], body = "{}") =>
      expect(await answerTo(server.url, lines, body), lines.join(", ")).toBe(status);
    for (const value of ["-1", "+2", "two", "2x", "0x2", "1e1", "2.0", "2, 2", "9".repeat(30)])
      await refused(400, [length(value)]);
    await refused(400, [length("2"), length("2")]);
    await refused(400, [length("2"), length("3")]);
    await refused(400, [length("2"), CHUNKED], "2\r\n{}\r\n0\r\n\r\n");
    await refused(400, [CHUNKED, length("2")], "2\r\n{}\r\n0\r\n\r\n");
    // Told before the body has come, so nobody waits for the rest of it.
    await refused(413, [length("65537")], "{");
    await refused(413, [length("9".repeat(15))], "{");
    await refused(413, [CHUNKED], `10001\r\n${" ".repeat(65_537)}\r\n0\r\n\r\n`);
    // What comes behind the said length belongs to nobody.
    await refused(401, [length("2")], `{}${" ".repeat(70_000)}`);
    await refused(401, [length("65536")], " ".repeat(65_536));
    expect((await fetch(`${server.url}/v1/communities`)).status).toBe(401);
  } finally {
    await server.stop();
    await folder.remove();
  }
});
