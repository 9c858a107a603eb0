import { z } from "zod";
import { later, text } from "../text.ts";
import { perConfig } from "./per-config.ts";
import { defineCriterion, pass, pending } from "./types.ts";

const config = z.strictObject({ kind: z.literal("level"), min: z.int().min(1).max(1_000_000) });
type Config = z.output<typeof config>;

const words = perConfig(({ min }: Config) => ({
  reached: text(`Level ${min} is reached.`, `已达到等级 ${min}。`),
  unknown: text(
    `Level ${min} is needed; no level is known of you.`,
    `需要等级 ${min}，目前没有您的等级记录。`,
  ),
  remedy: text(
    `You come in by yourself once you have reached level ${min}.`,
    `达到等级 ${min} 后将自动加入。`,
  ),
}));

const WAIT = { next: { kind: "wait", until: null } } as const;

/** A level in the community (等级特权), which outside systems tell: a later rise lets the person in. */
export const level = defineCriterion<Config>({
  kind: "level",
  summary: "The person's level in the community is high enough.",
  config,
  recheck: true,
  needs: () => [{ fact: "person" }],
  fields: () => [],
  judge: (config, { profile }) => {
    const { reached, unknown, remedy } = words(config);
    const has = profile?.level ?? null;
    if (has === null) return pending("level_unknown", unknown, remedy, WAIT);
    if (has >= config.min) return pass("level_reached", reached);
    const low = later(() =>
      text(
        `Level ${config.min} is needed; you have level ${has}.`,
        `需要等级 ${config.min}，您目前的等级为 ${has}。`,
      ),
    );
    return pending("level_too_low", low, remedy, WAIT);
  },
});
