import { type Locale, say, type Text } from "../../domain/text.ts";
import { ContactCode, DefaultButton } from "./contact-code.tsx";
import { Layout } from "./layout.tsx";
import { Reasons, type ToldReason } from "./reasons.tsx";
import { WORDS } from "./words.ts";

type Props = {
  /** The application's own page. */
  path: string;
  locale: Locale;
  note?: Text;
  reasons?: readonly ToldReason[];
};

/** Where somebody whose gate is pending asks for a code and types it in. It stands still meanwhile. */
export const ContactPage = ({ path, locale, note, reasons = [] }: Props) => {
  const t = (words: Text) => say(words, locale);
  return (
    <Layout locale={locale} title={t(WORDS.confirmContact)} path={`${path}/contact`}>
      <form class="card" method="post" action={`${path}/code?lang=${locale}`}>
        <DefaultButton />
        <h1>{t(WORDS.confirmContact)}</h1>
        {note && <p>{t(note)}</p>}
        <Reasons reasons={reasons} />
        <ContactCode
          label={t(WORDS.codeTitle)}
          action={`${path}/contact?lang=${locale}`}
          value=""
          locale={locale}
        />
        <button type="submit">{t(WORDS.confirm)}</button>
      </form>
      <p class="soft">
        <a href={`${path}?lang=${locale}`}>{t(WORDS.backHere)}</a>
      </p>
    </Layout>
  );
};
