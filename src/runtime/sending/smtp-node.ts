import { type Send, SendError } from "./message.ts";

const TIMEOUT_MS = 10_000;

/**
 * Sends e-mails through an SMTP server: on Node only, and the package is loaded with the first one.
 * @param url `smtp://user:password@host:port` or `smtps://…`
 */
export function smtpSender(url: string, from: string): Send {
  const opening = async () => {
    const { createTransport } = await import("nodemailer");
    return createTransport(
      {
        url,
        pool: true,
        connectionTimeout: TIMEOUT_MS,
        greetingTimeout: TIMEOUT_MS,
        socketTimeout: TIMEOUT_MS,
        // A message is text of our own: nothing is read from disk or fetched on its behalf.
        disableFileAccess: true,
        disableUrlAccess: true,
      },
      { from },
    );
  };
  let transport: ReturnType<typeof opening> | undefined;
  return async ({ id, to, subject, text }) => {
    transport ??= opening();
    try {
      // As an object: the address is never parsed as a list of them.
      await (
        await transport
      ).sendMail({ to: { name: "", address: to }, subject, text, headers: { "X-Message-Id": id } });
    } catch {
      // What the server said may name the address.
      throw new SendError("not taken");
    }
  };
}
