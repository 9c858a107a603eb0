import { metricOf } from "../../domain/metrics/index.ts";
import { type Locale, say, type Text } from "../../domain/text.ts";
import type { Board } from "../../services/boards.ts";
import { Layout } from "./layout.tsx";
import { formatTime } from "./time.ts";
import { WORDS } from "./words.ts";

type Props = { community: string; campaign: string; board: Board; locale: Locale; path: string };

/** A campaign's public board: ranks, the names that people have be shown, and scores. */
export const BoardPage = ({ community, campaign, board, locale, path }: Props) => {
  const t = (words: Text) => say(words, locale);
  const turn = (cursor: string) => `${path}?lang=${locale}&cursor=${encodeURIComponent(cursor)}`;
  const { metric, data, next, previous, accurateAsOf, status, period } = board;
  return (
    <Layout locale={locale} title={campaign} path={path}>
      <section class="card">
        <p class="soft">{community}</p>
        <h1>{campaign}</h1>
        <h2>{metricOf(metric).label[locale]}</h2>
        {data.length === 0 && <p>{t(WORDS.nobodyYet)}</p>}
        {data.map(({ rank, score, participant }) => (
          <p>
            <b>{rank}</b> · {participant.displayName} · {score}
          </p>
        ))}
        <p class="soft">
          {t(status === "final" ? WORDS.finalSince : WORDS.standingOf)}{" "}
          {formatTime(accurateAsOf, period.timezone, locale)}
        </p>
        {previous && (
          <a class="go plain" href={turn(previous)}>
            {t(WORDS.previousPage)}
          </a>
        )}
        {next && (
          <a class="go plain" href={turn(next)}>
            {t(WORDS.nextPage)}
          </a>
        )}
      </section>
    </Layout>
  );
};
