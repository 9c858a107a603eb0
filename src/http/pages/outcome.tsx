import type { z } from "@hono/zod-openapi";
import type { Problem } from "../../domain/problem.ts";
import { type Locale, say, type Text } from "../../domain/text.ts";
import type { joinAnswer } from "../join-answer.ts";
import { Layout } from "./layout.tsx";
import { Reasons } from "./reasons.tsx";
import { ALREADY_NOTE, OUTCOME_TITLES, PROBLEM_WORDS, WAITLIST_NOTE, WORDS } from "./words.ts";

type OutcomeProps = {
  answer: z.output<typeof joinAnswer>;
  locale: Locale;
  path: string;
  /** What was sent: whoever waits asks again with the same ticket, by which they are known. */
  typed: URLSearchParams;
};

/** What became of a prospect who is not in and need not fill in the form again. */
export const OutcomePage = ({ answer, locale, path, typed }: OutcomeProps) => {
  const t = (words: Text) => say(words, locale);
  const { outcome, reasons, waitlist, fallback } = answer;
  return (
    <Layout locale={locale} title={t(OUTCOME_TITLES[outcome])} path={path}>
      <section class="card">
        <h1>{t(OUTCOME_TITLES[outcome])}</h1>
        {outcome === "already_joined" && <p>{t(ALREADY_NOTE)}</p>}
        {outcome === "waitlisted" && <p>{t(WAITLIST_NOTE)}</p>}
        {waitlist && (
          <p>
            {t(WORDS.position)}
            {t(WORDS.colon)}
            <b>{waitlist.position}</b>
          </p>
        )}
        {outcome !== "waitlisted" && <Reasons reasons={reasons} />}
        {fallback.map((offer) =>
          offer.kind === "page" ? (
            <p>
              <a href={offer.url} rel="noreferrer">
                {t(WORDS.instead)}
              </a>
            </p>
          ) : (
            <p>
              {t(WORDS.contact)}
              {t(WORDS.colon)}
              {offer.contact}
            </p>
          ),
        )}
        {outcome === "waitlisted" ? (
          <form method="post" action={path}>
            {[...typed].map(([name, value]) => (
              <input type="hidden" name={name} value={value} />
            ))}
            <button type="submit">{t(WORDS.lookAgain)}</button>
          </form>
        ) : (
          <a class="go" href={path}>
            {t(WORDS.back)}
          </a>
        )}
      </section>
    </Layout>
  );
};

type ProblemProps = { problem: Problem; locale: Locale; path: string };

/** A refusal in plain words, with its code for whoever is asked for help. */
export const ProblemPage = ({ problem, locale, path }: ProblemProps) => {
  const t = (words: Text) => say(words, locale);
  const words = PROBLEM_WORDS[problem.code];
  return (
    <Layout locale={locale} title={t(WORDS.error)} path={path}>
      <section class="card">
        <h1>{t(WORDS.error)}</h1>
        <p>{words ? t(words) : problem.message}</p>
        {problem.errors.length > 0 && (
          <ul>
            {problem.errors.map(({ path: field, message }) => (
              <li class="fail">
                <code>{field.replace(/^\//, "").replace(/\//g, ".")}</code> {locale === "en" && message}
              </li>
            ))}
          </ul>
        )}
        <p class="soft">
          <code>{problem.code}</code>
        </p>
      </section>
    </Layout>
  );
};
