import { z } from "zod";
import { text } from "../text.ts";
import { defineCriterion, fail, pass } from "./types.ts";

/** One to two seconds on a cheap phone, measured: see docs/contact-and-human.md. */
export const DEFAULT_DIFFICULTY = 18;

const config = z.strictObject({
  kind: z.literal("human"),
  /** `proof`: the page works something out by itself. `turnstile`: Cloudflare decides. */
  by: z.enum(["proof", "turnstile"]).default("proof"),
  /** Zero bits of a hash: one more is twice the work. For `proof` alone. */
  difficulty: z.int().min(8).max(24).default(DEFAULT_DIFFICULTY),
  /** A server with a key vouches for the people that it brings. */
  trustServer: z.boolean().default(false),
});

const again = text("Send the form again.", "请重新提交。");

/** A machine that fills in a thousand forms has to pay for each of them. */
export const human = defineCriterion<z.output<typeof config>>({
  kind: "human",
  summary:
    "The page proves that no machine fills in forms by the thousand: by work that it does, or by Turnstile.",
  config,
  demands: ({ by }) => (by === "turnstile" ? ["turnstile"] : []),
  fields: () => [
    { criterion: "human", name: "proof", type: "proof", label: text("Automatic check", "自动验证") },
  ],
  judge: ({ by, trustServer }, { human: shown, vouched }) => {
    if (vouched && trustServer) {
      return pass("human_vouched", text("The organiser knows this person.", "组织者已确认此人。"));
    }
    const refuse = (code: string, reason: ReturnType<typeof text>) => ({
      ...fail(code, reason, again),
      next: { kind: "proof" as const },
    });
    if (shown === null || (shown.by !== undefined && shown.by !== by)) {
      return refuse(
        "human_missing",
        text("The check that you are no machine is not done yet.", "尚未完成人机验证。"),
      );
    }
    if (shown.ok) return pass(shown.code, text("The automatic check is done.", "人机验证已通过。"));
    const reason =
      shown.code === "human_expired"
        ? text("The automatic check took too long.", "人机验证已过期。")
        : text("The automatic check did not succeed.", "人机验证未通过。");
    return refuse(shown.code, reason);
  },
});
