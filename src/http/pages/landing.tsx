import type { FormField } from "../../domain/criteria/types.ts";
import { formFields } from "../../domain/evaluate.ts";
import { IDENTITY_TYPES } from "../../domain/identity.ts";
import { type Locale, say, type Text } from "../../domain/text.ts";
import type { Landing } from "../../services/arrivals.ts";
import { Layout } from "./layout.tsx";
import { IDENTITIES, INTENTS, WORDS } from "./words.ts";

type Props = {
  landing: Landing;
  locale: Locale;
  /** Where the page itself is: with the token, where the invite rotates. */
  path: string;
  /** The pass that this browser already holds for the campaign. */
  pass: string | null;
};

/** What the group is, who runs it and what is asked: before any way in is shown. */
export const LandingPage = ({ landing, locale, path, pass }: Props) => {
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
        <p>{community.purpose}</p>
        <Disclosure landing={landing} locale={locale} />
        <p>
          <span class="badge">
            {t(WORDS.seatsLeft)}: {seatsLeft}
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
      <GateForm landing={landing} locale={locale} />
    </Layout>
  );
};

const Disclosure = ({ landing: { community, campaign }, locale }: Pick<Props, "landing" | "locale">) => {
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
      {goal && <dd>{goal}</dd>}
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

const formatTime = (ms: number, timeZone: string, locale: Locale): string =>
  new Intl.DateTimeFormat(locale, { timeZone, dateStyle: "long", timeStyle: "short" }).format(ms);

const GateForm = ({ landing, locale }: Pick<Props, "landing" | "locale">) => {
  const t = (words: Text) => say(words, locale);
  const fields = formFields(landing.gate);
  const [acknowledgement, ...others] = fields as [FormField, ...FormField[]];
  return (
    <form class="card" method="post" action={`/i/${landing.invite.code}`}>
      <h2>{t(WORDS.gate)}</h2>
      <input type="hidden" name="ticket" value={landing.ticket} />
      <input type="hidden" name="lang" value={locale} />
      <label for="identity">{t(WORDS.identity)}</label>
      <div class="row">
        <select name="identity.type" aria-label={t(WORDS.identity)}>
          {IDENTITY_TYPES.map((type) => (
            <option value={type}>{t(IDENTITIES[type])}</option>
          ))}
        </select>
        <input id="identity" name="identity.value" required maxlength={320} autocomplete="email" />
      </div>
      <p class="soft">{t(WORDS.identityNote)}</p>
      {others.map((field) => (
        <Field field={field} locale={locale} />
      ))}
      <label for="displayName">{t(WORDS.displayName)}</label>
      <input id="displayName" name="displayName" maxlength={40} autocomplete="nickname" />
      <details>
        <summary class="soft">{t(WORDS.recovery)}</summary>
        <input name="recoveryCode" aria-label={t(WORDS.recovery)} maxlength={40} autocomplete="off" />
      </details>
      <Field field={acknowledgement} locale={locale} required />
      <button type="submit">{t(WORDS.submit)}</button>
    </form>
  );
};

const Field = ({ field, locale, required }: { field: FormField; locale: Locale; required?: boolean }) => {
  const label = say(field.label, locale);
  const { name, type, options } = field;
  if (type === "checkbox") {
    return (
      <label class="check">
        <input type="checkbox" name={name} value="true" required={required} />
        <span>{label}</span>
      </label>
    );
  }
  return (
    <>
      <label for={name}>{label}</label>
      {type === "choice" ? (
        <select id={name} name={name}>
          <option value="">{say(WORDS.choose, locale)}</option>
          {options?.map((option) => (
            <option value={option}>{option}</option>
          ))}
        </select>
      ) : (
        <input id={name} name={name} maxlength={500} inputmode={type === "number" ? "decimal" : "text"} />
      )}
    </>
  );
};
