import type { Reason } from "../../domain/evaluate.ts";
import type { Id } from "../../domain/id.ts";
import type { ApplicationState } from "../../domain/review.ts";
import { type Locale, say, type Text, text } from "../../domain/text.ts";
import { Layout } from "./layout.tsx";
import { Steps } from "./steps.tsx";
import { formatTime } from "./time.ts";
import { OUTCOME_TITLES, WORDS } from "./words.ts";

type Props = {
  page: {
    id: Id;
    state: ApplicationState;
    waiting: boolean;
    campaignName: string;
    communityName: string;
    timezone: string;
    appliedAt: number;
    reasons: readonly Reason[];
    /** The gate would let them in right now. */
    ready: boolean;
    /** They were turned down, and may apply once more. */
    mayApply: boolean;
    /** There is a decision that they may appeal. */
    mayAppeal: boolean;
    /** Their appeal: null where there is none. */
    appeal: { state: "open" | "approved" | "rejected"; reason: string | null } | null;
    /** By when a reviewer is to decide, where one has to. */
    decisionBy: number | null;
    now: number;
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
  applied: text("Applied", "申请时间"),
  decisionBy: text("To be decided by", "预计审核完成时间"),
  late: text(
    "It takes longer than it should. Your application is not forgotten.",
    "审核时间比预计的长，您的申请仍在处理中。",
  ),
  enter: text("Come in", "立即加入"),
  again: text("Apply again", "再次申请"),
  appeal: text("Ask for another look", "申诉"),
  appealOpen: text("You asked for another look: it is under way.", "您的申诉正在处理中。"),
  appealApproved: text("Another look was taken: you were approved.", "您的申诉已通过。"),
  appealRejected: text("Another look was taken: it stays as it was.", "您的申诉未通过。"),
} as const;

const APPEAL_NOTES = {
  open: NOTES.appealOpen,
  approved: NOTES.appealApproved,
  rejected: NOTES.appealRejected,
} as const;

const MINUTE = 60_000;

/** How often the page looks again by itself, in seconds: seldom where somebody has waited for long. */
const refreshAfter = (waited: number): number =>
  waited < 10 * MINUTE ? 5 : waited < 60 * MINUTE ? 15 : waited < 24 * 60 * MINUTE ? 60 : 300;

/** Where somebody stands whose gate is pending, and what they can do. */
export const ApplicationPage = ({ page, locale, path }: Props) => {
  const t = (words: Text) => say(words, locale);
  const { id, state, waiting, campaignName, communityName, reasons, ready, mayApply, appeal } = page;
  const moves = (state === "pending" && !mayApply) || waiting || appeal?.state === "open";
  const time = (ms: number) => formatTime(ms, page.timezone, locale);
  return (
    <Layout
      locale={locale}
      title={communityName}
      path={path}
      refreshSeconds={moves ? refreshAfter(page.now - page.appliedAt) : null}
    >
      <section class="card">
        <p class="soft">{campaignName}</p>
        <h1>{t(mayApply ? TITLES.rejected : TITLES[state])}</h1>
        {state === "pending" && !mayApply && <p>{t(NOTES.pending)}</p>}
        {waiting && <p>{t(NOTES.waiting)}</p>}
        {state === "withdrawn" && <p>{t(NOTES.withdrawn)}</p>}
        <Steps reasons={reasons} />
        {reasons.map(({ next }) =>
          next?.kind === "pay" && next.url !== null ? (
            <a class="go" href={next.url} rel="noreferrer">
              {t(WORDS.pay)}
            </a>
          ) : null,
        )}
        {state === "pending" && reasons.some(({ next }) => next?.kind === "contactCode") && (
          <a class="go" href={`${path}/contact?lang=${locale}`}>
            {t(WORDS.confirmContact)}
          </a>
        )}
        {appeal && (
          <p>
            {t(APPEAL_NOTES[appeal.state])} {appeal.state === "rejected" && appeal.reason}
          </p>
        )}
        {(mayApply || state === "pending") && (
          <form method="post" action={`${path}?lang=${locale}`}>
            <button type="submit">{t(ready ? NOTES.enter : mayApply ? NOTES.again : WORDS.lookAgain)}</button>
          </form>
        )}
        {page.mayAppeal && (
          <p class="apart">
            <a href={`${path}/appeal?lang=${locale}`}>{t(NOTES.appeal)}</a>
          </p>
        )}
        <dl>
          <dt>{t(NOTES.applied)}</dt>
          <dd>{time(page.appliedAt)}</dd>
          {page.decisionBy !== null && <dt>{t(NOTES.decisionBy)}</dt>}
          {page.decisionBy !== null && (
            <dd>{page.decisionBy < page.now ? t(NOTES.late) : time(page.decisionBy)}</dd>
          )}
          <dt>{t(NOTES.reference)}</dt>
          <dd>
            <code>{id}</code>
          </dd>
        </dl>
      </section>
    </Layout>
  );
};
