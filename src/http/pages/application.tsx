import type { Id } from "../../domain/id.ts";
import type { Reason } from "../../domain/evaluate.ts";
import type { ApplicationState } from "../../domain/review.ts";
import { type Locale, say, type Text, text } from "../../domain/text.ts";
import { Layout } from "./layout.tsx";
import { Reasons } from "./reasons.tsx";
import { OUTCOME_TITLES, WORDS } from "./words.ts";

type Props = {
  page: {
    id: Id;
    state: ApplicationState;
    waiting: boolean;
    campaignName: string;
    communityName: string;
    reasons: readonly Reason[];
    /** The gate would let them in right now. */
    ready: boolean;
  };
  locale: Locale;
  path: string;
};

const TITLES: Record<ApplicationState, Text> = {
  pending: OUTCOME_TITLES.pending,
  admitted: OUTCOME_TITLES.waitlisted,
  rejected: text("You cannot come in", "未能通过"),
  withdrawn: text("This application has ended", "此申请已结束"),
};

const NOTES = {
  pending: text(
    "This page moves on by itself as soon as everything is there. You can close it and come back.",
    "条件满足后本页会自动更新，您可以关闭页面，稍后再回来查看。",
  ),
  waiting: text("You will get a seat in your turn.", "有空位时将按顺序为您安排。"),
  withdrawn: text("Somebody came in under the same identity.", "该身份已通过其他方式加入。"),
  reference: text("Reference for payments and questions", "付款与咨询编号"),
  enter: text("Come in", "立即加入"),
};

/** How often the page looks again by itself. */
const REFRESH_SECONDS = 10;

/** Where somebody stands whose gate is pending, and what they can do. */
export const ApplicationPage = ({ page, locale, path }: Props) => {
  const t = (words: Text) => say(words, locale);
  const { id, state, waiting, campaignName, communityName, reasons, ready } = page;
  const moves = state === "pending" || waiting;
  return (
    <Layout locale={locale} title={communityName} path={path} refreshSeconds={moves ? REFRESH_SECONDS : null}>
      <section class="card">
        <p class="soft">{campaignName}</p>
        <h1>{t(TITLES[state])}</h1>
        {state === "pending" && <p>{t(NOTES.pending)}</p>}
        {waiting && <p>{t(NOTES.waiting)}</p>}
        {state === "withdrawn" && <p>{t(NOTES.withdrawn)}</p>}
        <Reasons reasons={reasons} />
        {reasons.map(({ next }) =>
          next?.kind === "pay" && next.url !== null ? (
            <a class="go" href={next.url} rel="noreferrer">
              {t(WORDS.pay)}
            </a>
          ) : null,
        )}
        {state === "pending" && (
          <form method="post" action={`${path}?lang=${locale}`}>
            <button type="submit">{t(ready ? NOTES.enter : WORDS.lookAgain)}</button>
          </form>
        )}
        <p class="soft">
          {t(NOTES.reference)}
          {t(WORDS.colon)}
          <code>{id}</code>
        </p>
      </section>
    </Layout>
  );
};
