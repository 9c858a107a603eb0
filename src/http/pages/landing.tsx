import { type Locale, say, type Text } from "../../domain/text.ts";
import type { Landing } from "../../services/arrivals.ts";
import { Disclosure } from "./disclosure.tsx";
import { GateForm } from "./gate-form.tsx";
import { Layout } from "./layout.tsx";
import { WORDS } from "./words.ts";

type Props = {
  landing: Landing;
  locale: Locale;
  /** Where the page itself is: with the token, where the invite rotates. */
  path: string;
  /** The pass that this browser already holds for the campaign. */
  pass: string | null;
  /** What the form holds before anybody types. */
  typed: URLSearchParams;
};

/** What the group is, who runs it and what is asked: before any way in is shown. */
export const LandingPage = ({ landing, locale, path, pass, typed }: Props) => {
  const { community, campaign, inviter, seatsLeft } = landing;
  const t = (words: Text) => say(words, locale);
  return (
    <Layout locale={locale} title={community.name} path={path}>
      <section class="card">
        {community.imageUrl && <img class="hero" src={community.imageUrl} alt="" />}
        <h1>{community.name}</h1>
        <p class="soft">
          {campaign.name}
          {inviter && ` · ${t(WORDS.invitedBy)} ${inviter.displayName}`}
        </p>
        <p class="text">{community.purpose}</p>
        <Disclosure landing={landing} locale={locale} />
        <p class="apart">
          <span class="badge">
            {t(WORDS.seatsLeft)}
            {t(WORDS.colon)}
            {seatsLeft}
          </span>
        </p>
        {seatsLeft === 0 && <p class="pending">{t(WORDS.full)}</p>}
      </section>
      {pass !== null && (
        <section class="card">
          <h2>{t(WORDS.already)}</h2>
          <a class="go" href={pass}>
            {t(WORDS.openPass)}
          </a>
        </section>
      )}
      <GateForm landing={landing} locale={locale} typed={typed} />
    </Layout>
  );
};
