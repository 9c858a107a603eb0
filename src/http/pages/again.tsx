import { periodOf } from "../../domain/invite.ts";
import { type Locale, say, type Text } from "../../domain/text.ts";
import type { Landing } from "../../services/arrivals.ts";
import { Disclosure } from "./disclosure.tsx";
import { GateForm } from "./gate-form.tsx";
import { Layout } from "./layout.tsx";
import type { Mistakes } from "./mistakes.ts";
import { Reasons, type ToldReason } from "./reasons.tsx";
import { WORDS } from "./words.ts";

type Props = {
  landing: Landing;
  nonce: string | null;
  locale: Locale;
  title: Text;
  /** Why the gate did not open, where it was asked. */
  reasons?: readonly ToldReason[];
  /** What was sent, to stand in the form again. */
  typed: URLSearchParams;
  mistakes?: Mistakes;
  /** What happened, where nothing went wrong. */
  note?: Text;
  /** For whoever is asked for help. */
  code?: string;
};

/** The form once more, with what was typed, what is wrong with it, and why it was not enough. */
export const AgainPage = ({
  landing,
  nonce,
  locale,
  title,
  reasons = [],
  typed,
  mistakes,
  note,
  code,
}: Props) => {
  const t = (words: Text) => say(words, locale);
  const { community, campaign, invite } = landing;
  // The address of a rotating invite wants a token, which this page no longer has.
  const path = periodOf(invite.rotation, campaign.settings.rotation) === null ? `/i/${invite.code}` : null;
  return (
    // Another language would be another page, without what was typed.
    <Layout locale={locale} title={t(title)} path={null}>
      <section class="card">
        <h1>{t(title)}</h1>
        <p class="soft">
          {community.name} · {campaign.name}
        </p>
        {note && <p>{t(note)}</p>}
        <Reasons reasons={reasons} />
        <details>
          <summary class="soft">{t(WORDS.about)}</summary>
          <p class="text">{community.purpose}</p>
          <Disclosure landing={landing} locale={locale} />
        </details>
      </section>
      <GateForm
        landing={landing}
        nonce={nonce}
        locale={locale}
        typed={typed}
        {...(mistakes ? { mistakes } : {})}
      />
      <p class="soft">
        {path && <a href={path}>{t(WORDS.back)}</a>} {code && <code>{code}</code>}
      </p>
    </Layout>
  );
};
