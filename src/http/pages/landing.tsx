import type { IdentityType } from "../../domain/identity.ts";
import { type Locale, say, type Text } from "../../domain/text.ts";
import type { Landing } from "../../services/arrivals.ts";
import type { Challenge } from "../../services/humans.ts";
import { Disclosure } from "./disclosure.tsx";
import { GateForm } from "./gate-form.tsx";
import { Layout } from "./layout.tsx";
import { WORDS } from "./words.ts";

/** What differs from visitor to visitor: all else on the page is a campaign's, in one language. */
export type Own = {
  code: string;
  ticket: string;
  /** Where the page itself is: with the token, where the invite rotates. */
  path: string;
  inviter: string | null;
  seatsLeft: string;
  /** The challenge of a gate that asks for a proof, and what marks the page's script then. */
  challenge: string | null;
  nonce: string | null;
  /** Where a code is asked for, where the gate wants one. */
  contact: string | null;
  /** Where the pass leads that this browser already holds for the campaign. */
  pass: string | null;
};

export type Props = {
  about: Landing["about"];
  own: Own;
  /** What a gate that asks for a proof wants; the same for all of its visitors. */
  human: Omit<Challenge, "text"> | null;
  locale: Locale;
  /** No seat is free. */
  full: boolean;
  /** How the visitor is most likely known. */
  identity: IdentityType;
};

/** What the group is, who runs it and what is asked: before any way in is shown. */
export const LandingPage = ({ about, own, human, locale, full, identity }: Props) => {
  const { community, campaign, gate } = about;
  const t = (words: Text) => say(words, locale);
  const challenge = human && { ...human, text: own.challenge ?? "" };
  const form = { gate, ticket: own.ticket, challenge, contact: own.contact, invite: { code: own.code } };
  const typed = new URLSearchParams({ "identity.type": identity });
  return (
    <Layout locale={locale} title={community.name} path={own.path}>
      <section class="card">
        {community.imageUrl && <img class="hero" src={community.imageUrl} alt="" />}
        <h1>{community.name}</h1>
        <p class="soft">
          {campaign.name}
          {own.inviter !== null && ` · ${t(WORDS.invitedBy)} ${own.inviter}`}
        </p>
        <p class="text">{community.purpose}</p>
        <Disclosure landing={about} locale={locale} />
        <p class="apart">
          <span class="badge">
            {t(WORDS.seatsLeft)}
            {t(WORDS.colon)}
            {own.seatsLeft}
          </span>
        </p>
        {full && <p class="pending">{t(WORDS.full)}</p>}
      </section>
      {own.pass !== null && (
        <section class="card">
          <h2>{t(WORDS.already)}</h2>
          <a class="go" href={own.pass}>
            {t(WORDS.openPass)}
          </a>
        </section>
      )}
      <GateForm landing={form} nonce={own.nonce} locale={locale} typed={typed} />
    </Layout>
  );
};
