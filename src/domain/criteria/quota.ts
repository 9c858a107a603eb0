import { z } from "zod";
import { addDays, dayAt, periodKey, startOfDay } from "../calendar.ts";
import { text } from "../text.ts";
import { defineCriterion, fail, pass, pending } from "./types.ts";

const config = z.strictObject({
  kind: z.literal("quota"),
  limit: z.int().min(1).max(10_000_000),
  /** Places in all, or on each calendar day of the campaign's time zone. */
  per: z.enum(["all", "day"]).default("all"),
  /** Leaves of one name count the same places. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,39}$/, "is a short name in small letters")
    .default("places"),
});
type Config = z.output<typeof config>;

const FREE = text("A place is free.", "尚有名额。");
const FULL = text("All places are taken.", "名额已满。");
const LATE = text("Look for the organiser's next campaign.", "请关注组织者的下一次活动。");
const FULL_TODAY = text("All places of today are taken.", "今日名额已满。");
const TOMORROW = text(
  "There are new places tomorrow; yours is asked for by itself.",
  "明日将开放新名额，届时将自动为您申请。",
);

/** The first so many (先到先得), in all or each day. A place that was taken is not given back. */
export const quota = defineCriterion<Config>({
  kind: "quota",
  summary: "One of so many places is free, in all or today; the join takes it.",
  config,
  needs: ({ name, per }) => [{ fact: "quota", key: name, daily: per === "day" }],
  fields: () => [],
  judge: ({ limit, per, name: key }, { quotas, timezone, now }) => {
    const period = periodKey(timezone, now, per === "day");
    const used = quotas.find((one) => one.key === key && one.period === period)?.used ?? 0;
    if (used < limit) return pass("place_free", FREE, { quota: { key, period, limit } });
    if (per === "all") return fail("places_taken", FULL, LATE);
    const again = startOfDay(timezone, addDays(dayAt(timezone, now), 1));
    return pending("places_taken_today", FULL_TODAY, TOMORROW, {
      next: { kind: "wait", until: again },
      again,
    });
  },
});
