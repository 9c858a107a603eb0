import { z } from "zod";
import { line } from "../shapes.ts";
import { text } from "../text.ts";
import { defineCriterion, fail, pass, pending } from "./types.ts";

const HOUR = 3_600_000;

const config = z.strictObject({
  kind: z.literal("review"),
  /** Cases of one queue are decided once a person, however many leaves ask for it. */
  queue: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,39}$/, "is a short name in small letters")
    .default("default"),
  label: line(200).optional(),
  /** How often somebody may apply again after a rejection, and after how many hours. */
  reapplyLimit: z.int().min(0).max(20).default(2),
  reapplyAfterHours: z
    .int()
    .min(0)
    .max(24 * 90)
    .default(24),
});

/** A person decides (人工审核): the applicant waits, and comes in by the decision. */
export const review = defineCriterion<z.output<typeof config>>({
  kind: "review",
  summary: "A reviewer approves the person; until then they wait, and a rejection says why.",
  config,
  needs: () => [{ fact: "person" }],
  fields: () => [],
  // A rejection is final where one may not apply again, or not yet: `fail`. Then it is up to the person.
  judge: ({ queue, reapplyLimit, reapplyAfterHours }, { reviews, now }) => {
    const found = reviews.find((one) => one.queue === queue);
    const next = { kind: "review", queue } as const;
    const wait = (code: string) =>
      pending(
        code,
        text("The organiser looks at your application.", "组织者正在审核您的申请。"),
        text("You need do nothing: you come in once it is approved.", "审核通过后将自动加入，请耐心等待。"),
        { next },
      );
    if (found === undefined) return wait("review_needed");
    if (found.state === "open") return wait("review_open");
    if (found.state === "approved") {
      return pass("review_approved", text("The organiser approved you.", "组织者已通过您的申请。"));
    }
    const again = (found.decidedAt ?? 0) + reapplyAfterHours * HOUR;
    const left = reapplyLimit - (found.tries - 1);
    const why = found.reason === null ? "" : ` ${found.reason}`;
    const rejected = text(`The organiser did not approve you.${why}`, `组织者未通过您的申请。${why}`);
    if (left <= 0) return fail("review_rejected", rejected, null);
    if (now < again) {
      const hours = Math.ceil((again - now) / HOUR);
      const later = text(`You may apply again in ${hours} h.`, `您可以在 ${hours} 小时后再次申请。`);
      return fail("review_rejected", rejected, later);
    }
    const once = text("Apply again: then they look once more.", "您可以再次申请，组织者将重新审核。");
    return pending("review_again", rejected, once, { next });
  },
});
