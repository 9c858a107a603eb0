import type { ContactType } from "../../domain/criteria/verified-contact.ts";
import type { Locale } from "../../domain/text.ts";

/** A code for somebody, ready to be sent. `id` stays the same when it is sent again. */
export type Message = {
  id: string;
  channel: ContactType;
  /** The address or number. */
  to: string;
  code: string;
  locale: Locale;
  subject: string;
  text: string;
  expiresAt: number;
};

/** Hands a message to whoever delivers it. Throws where that did not take it. */
export type Send = (message: Message) => Promise<void>;

/** A message that was not taken: its name is all that a log ever has of it. */
export class SendError extends Error {
  override readonly name = "SendError";
}
