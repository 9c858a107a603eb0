import { type Locale, say, type Text } from "../../domain/text.ts";
import type { Landing } from "../../services/arrivals.ts";
import { formatTime } from "./time.ts";
import { INTENTS, WORDS } from "./words.ts";

type Props = { landing: Landing["about"]; locale: Locale };

/** Who runs the community, what it wants and asks, and what is sold in it. */
export const Disclosure = ({ landing: { community, campaign }, locale }: Props) => {
  const t = (words: Text) => say(words, locale);
  const { organiser, goal, values, rules } = community;
  return (
    <dl>
      <dt>{t(WORDS.organiser)}</dt>
      <dd>
        {organiser.name} {organiser.verified && <span class="badge verified">✓ {t(WORDS.verified)}</span>}
        {organiser.contact && <div class="soft">{organiser.contact}</div>}
      </dd>
      {goal && <dt>{t(WORDS.goal)}</dt>}
      {goal && <dd class="text">{goal}</dd>}
      {values.length > 0 && <dt>{t(WORDS.values)}</dt>}
      {values.length > 0 && <dd>{values.join(" · ")}</dd>}
      {rules.length > 0 && <dt>{t(WORDS.rules)}</dt>}
      {rules.length > 0 && (
        <dd>
          <ol>
            {rules.map((rule) => (
              <li>{rule}</li>
            ))}
          </ol>
        </dd>
      )}
      <dt>{t(WORDS.commercial)}</dt>
      <dd>{t(INTENTS[community.commercialIntent])}</dd>
      {campaign.endsAt !== null && <dt>{t(WORDS.until)}</dt>}
      {campaign.endsAt !== null && <dd>{formatTime(campaign.endsAt, campaign.timezone, locale)}</dd>}
    </dl>
  );
};
