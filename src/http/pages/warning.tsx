import { type Locale, say, type Text, text } from "../../domain/text.ts";
import { mayAppeal, type Warning } from "../../services/seats.ts";
import { Steps } from "./steps.tsx";
import { formatTime } from "./time.ts";
import { WORDS } from "./words.ts";

type Props = { warning: Warning; locale: Locale; timezone: string; path: string };

const NOTES = {
  warned: text("You no longer meet what is asked", "您已不再符合入群条件"),
  removed: text("You were removed", "您已被移出"),
  until: text("Mend it until", "请在此时间前处理"),
  due: text("The time for it is over: the organiser will remove you.", "期限已过，组织者将把您移出。"),
  back: text(
    "You come back by yourself once everything is as it was.",
    "重新满足条件后将自动恢复，无需重新申请。",
  ),
  appeal: text("Ask for another look", "申诉"),
  open: text("You asked for another look: it is under way.", "您的申诉正在处理中。"),
  approved: text("Another look was taken: you may stay.", "您的申诉已通过，您可以留下。"),
  rejected: text("Another look was taken: it stays as it was.", "您的申诉未通过。"),
} as const;

/** A member who no longer passes: why, until when, and how to appeal. */
export const WarningCard = ({ warning, locale, timezone, path }: Props) => {
  const t = (words: Text) => say(words, locale);
  const { state, graceUntil, leaves, appeal, since } = warning;
  const reasons = leaves.map(({ message, remedy }) => ({
    result: "fail" as const,
    message: t(message),
    remedy: remedy && t(remedy),
  }));
  // An appeal of an earlier time says nothing of this one.
  const told = appeal !== null && appeal.openedAt >= since ? appeal : null;
  return (
    <section class="card">
      <h2 class="fail">{t(state === "removed" ? NOTES.removed : NOTES.warned)}</h2>
      <Steps reasons={reasons} />
      {leaves.map(({ next }) =>
        next?.kind === "pay" && next.url !== null ? (
          <a class="go" href={next.url} rel="noreferrer">
            {t(WORDS.pay)}
          </a>
        ) : null,
      )}
      {state === "warned" && (
        <p>
          {t(NOTES.until)}
          {t(WORDS.colon)}
          <b>{formatTime(graceUntil, timezone, locale)}</b>
        </p>
      )}
      {state === "due" && <p>{t(NOTES.due)}</p>}
      {state === "removed" && <p>{t(NOTES.back)}</p>}
      {told && (
        <p>
          {t(NOTES[told.state])} {told.state === "rejected" && told.reason}
        </p>
      )}
      {mayAppeal(warning) && (
        <p class="apart">
          <a href={`${path}/appeal?lang=${locale}`}>{t(NOTES.appeal)}</a>
        </p>
      )}
    </section>
  );
};
