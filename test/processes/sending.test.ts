import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, test } from "vitest";
import { createOutbound } from "../../src/runtime/outbound.ts";
import { httpSender } from "../../src/runtime/sending/http.ts";
import type { Message } from "../../src/runtime/sending/message.ts";
import { smtpSender } from "../../src/runtime/sending/smtp-node.ts";
import { joinAtGate, mintCampaign, mintWorkspace, newIdentity, request } from "../support/api.ts";
import { TEST_ENV } from "../support/hosts/host.ts";
import { SENDER_SECRET } from "../support/outside.ts";
import { startNodeServer, temporaryFolder } from "../support/processes.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const MESSAGE: Message = {
  id: "msg_1",
  channel: "email",
  to: "anna@example.com",
  code: "123456",
  locale: "en",
  subject: "Your code: 123456 / 您的验证码：123456",
  text: "123456 is your code.\n\n123456 是您的验证码。\n",
  expiresAt: 1_800_000_000_000,
};

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a signed call", () => {
  const senderTo = (url: string, ms?: number) =>
    httpSender(createOutbound(ms), url, SENDER_SECRET, () => Date.now());

  test("carries the message once, signed as Standard Webhooks want it", async () => {
    const got: { headers: Record<string, string>; body: string }[] = [];
    const url = await serve((incoming, response) => {
      let body = "";
      incoming.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
      incoming.on("end", () => {
        got.push({ headers: incoming.headers as Record<string, string>, body });
        response.end();
      });
    });
    await senderTo(url)(MESSAGE);
    const [{ headers, body } = { headers: {}, body: "" }] = got;
    const { id: _, expiresAt, ...data } = MESSAGE;
    const seen = new Webhook(SENDER_SECRET).verify(body, headers);
    expect(seen).toMatchObject({
      type: "contact.code",
      data: { ...data, expiresAt: new Date(expiresAt).toISOString() },
    });
    expect(got).toHaveLength(1);
    expect(() => new Webhook(SENDER_SECRET).verify(body.replace("123456", "123457"), headers)).toThrow();
    expect(() => new Webhook(`whsec_${Buffer.alloc(24).toString("base64")}`).verify(body, headers)).toThrow();
  });

  test("is not taken where the service refuses, redirects, is gone or says nothing in time", async () => {
    let followed = 0;
    const refusing = await serve((incoming, response) => {
      if (incoming.url === "/elsewhere") followed++;
      const status = incoming.url === "/moved" ? 307 : incoming.url === "/elsewhere" ? 200 : 500;
      response.writeHead(status, { Location: "/elsewhere" }).end("anna@example.com is unknown");
    });
    const silent = await serve(() => {});
    for (const url of [refusing, `${refusing}/moved`, silent, "http://127.0.0.1:1"]) {
      const failure = await senderTo(
        url,
        300,
      )(MESSAGE).then(
        () => null,
        (error: Error) => error,
      );
      expect(failure).not.toBeNull();
      expect(String(failure)).not.toMatch(/anna|123456/);
    }
    expect(followed).toBe(0);
  });
});

/** A real mail server; what it took, and a user that it refuses. */
async function mailServer(): Promise<{ url: string; mails: { from: string; to: string[]; text: string }[] }> {
  const mails: { from: string; to: string[]; text: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    closeTimeout: 50,
    disabledCommands: ["STARTTLS"],
    onRcptTo: ({ address }, _session, done) =>
      done(address.startsWith("nobody") ? new Error(`no ${address}`) : null),
    onData: (stream, { envelope }, done) => {
      let text = "";
      stream.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
      stream.on("end", () => {
        const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`, mails };
}

/** A mail's text, as its reader sees it. */
function readable(mail: string): string {
  const at = mail.indexOf("\r\n\r\n");
  const [head, body] = [mail.slice(0, at), mail.slice(at + 4)];
  if (/encoding: base64/i.test(head)) return Buffer.from(body, "base64").toString("utf8");
  if (!/encoding: quoted-printable/i.test(head)) return body;
  const whole = body.replace(/=\r?\n/g, "");
  const bytes = whole.replace(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, "latin1").toString("utf8");
}

describe("an e-mail", () => {
  test("goes to one address, in both languages, and a refusal names nobody", async () => {
    const { url, mails } = await mailServer();
    const send = smtpSender(url, "Qrove <door@example.com>");
    await send(MESSAGE);
    expect(mails[0]).toMatchObject({ from: "door@example.com", to: ["anna@example.com"] });
    expect(readable(mails[0]?.text ?? "")).toContain("123456 是您的验证码。");
    const refused = await send({ ...MESSAGE, to: "nobody@example.com" }).catch(String);
    expect(refused).toBe("SendError: not taken");
    // What looks like a list of addresses is none.
    await send({ ...MESSAGE, to: "x@example.com,mallory@example.com" }).catch(() => {});
    expect(mails.flatMap(({ to }) => to)).not.toContain("mallory@example.com");
  });

  test("brings the code from a whole installation with a mail server alone, which offers no phones", async () => {
    const { url, mails } = await mailServer();
    const folder = await temporaryFolder();
    ends.push(folder.remove);
    const env = { ...TEST_ENV, QROVE_DATA: folder.path, SMTP_URL: url, MAIL_FROM: "door@example.com" };
    const server = await startNodeServer(env);
    ends.push(server.stop);
    const api = await mintWorkspace(server.url);
    const gate = { kind: "verifiedContact", types: ["email"] };
    const { invite, community } = await mintCampaign(api, { campaign: { gate } });
    const identity = newIdentity();
    const asked = await request(
      `/i/${invite.code}/contact`,
      { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ identity }) },
      server.url,
    );
    expect(asked.status).toBe(202);
    for (let round = 0; round < 600 && mails.length === 0; round++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const contactCode = /\b(\d{6})\b/.exec(readable(mails[0]?.text ?? ""))?.[1];
    const joined = await joinAtGate(invite.code, { identity, contactCode }, {}, server.url);
    expect(joined.json.outcome).toBe("joined");

    const both = {
      communityId: community.id,
      name: "Both",
      type: "event",
      gate: { kind: "verifiedContact" },
    };
    const draft = await api.post("/v1/campaigns", both);
    const refused = await api.post(`/v1/campaigns/${draft.json.id}/publish`);
    expect(refused.json).toMatchObject({ status: 409, code: "not_publishable" });
    expect(refused.json.errors.map(({ code }: { code: string }) => code)).toEqual(["sender_missing"]);
  });
});
