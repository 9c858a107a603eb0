import { type Locale, say, type Text, text } from "../../domain/text.ts";
import { Layout } from "./layout.tsx";

type Props = {
  /** What the appeal is against, as the person was told. */
  against: readonly string[];
  title: string;
  locale: Locale;
  /** The page from which they came, and to which they return. */
  home: string;
};

const NOTES = {
  title: text("Ask for another look", "申诉"),
  note: text(
    "Say why it should be decided otherwise. You can do so once: somebody will look at it.",
    "请说明理由，每次决定只能申诉一次，我们会重新审核。",
  ),
  statement: text("Your words", "申诉理由"),
  send: text("Send", "提交申诉"),
  back: text("Back", "返回"),
};

/** Where somebody writes an appeal. A page of its own: the one before it refreshes itself. */
export const AppealPage = ({ against, title, locale, home }: Props) => {
  const t = (words: Text) => say(words, locale);
  return (
    <Layout locale={locale} title={title} path={`${home}/appeal`}>
      <form class="card" method="post" action={`${home}/appeal`}>
        <p class="soft">{title}</p>
        <h1>{t(NOTES.title)}</h1>
        {against.length > 0 && (
          <ul>
            {against.map((words) => (
              <li class="fail">{words}</li>
            ))}
          </ul>
        )}
        <p>{t(NOTES.note)}</p>
        <input type="hidden" name="lang" value={locale} />
        <label for="statement">{t(NOTES.statement)}</label>
        <textarea id="statement" name="statement" rows={6} maxlength={2000} required />
        <button type="submit">{t(NOTES.send)}</button>
        <p class="apart">
          <a href={`${home}?lang=${locale}`}>{t(NOTES.back)}</a>
        </p>
      </form>
    </Layout>
  );
};
