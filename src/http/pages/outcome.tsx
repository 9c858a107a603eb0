import type { z } from "@hono/zod-openapi";
import type { Problem } from "../../domain/problem.ts";
import { type Locale, say, type Text } from "../../domain/text.ts";
import type { joinAnswer } from "../join-answer.ts";
import { Layout } from "./layout.tsx";
import { ALREADY_NOTE, OUTCOME_TITLES, PROBLEM_WORDS, WAITLIST_NOTE, WORDS } from "./words.ts";

type OutcomeProps = { answer: z.output<typeof joinAnswer>; locale: Locale; path: string };

/** What became of a prospect who is not in: each reason, and what would be enough. */
export const OutcomePage = ({ answer, locale, path }: OutcomeProps) => {
  const t = (words: Text) => say(words, locale);
  const { outcome, reasons, waitlist, fallback } = answer;
  const told = reasons.filter(({ result }) => result !== "pass");
  return (
    <Layout locale={locale} title={t(OUTCOME_TITLES[outcome])} path={path}>
      <section class="card">
        <h1>{t(OUTCOME_TITLES[outcome])}</h1>
        {outcome === "already_joined" && <p>{t(ALREADY_NOTE)}</p>}
        {outcome === "waitlisted" && <p>{t(WAITLIST_NOTE)}</p>}
        {waitlist && (
          <p>
            {t(WORDS.position)}: <b>{waitlist.position}</b>
          </p>
        )}
        {outcome !== "waitlisted" && told.length > 0 && (
          <ul>
            {told.map(({ result, message, remedy }) => (
              <li class={result}>
                {message} {remedy && <span class="soft">{remedy}</span>}
              </li>
            ))}
          </ul>
        )}
        {fallback.map((offer) =>
          offer.kind === "page" ? (
            <p>
              <a href={offer.url} rel="noreferrer">
                {t(WORDS.instead)}
              </a>
            </p>
          ) : (
            <p>
              {t(WORDS.contact)}: {offer.contact}
            </p>
          ),
        )}
        <a class="go" href={path}>
          {t(WORDS.back)}
        </a>
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
                {field.replace(/^\//, "").replace(/\//g, ".")} {message}
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
