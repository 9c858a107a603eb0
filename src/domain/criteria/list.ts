import { z } from "zod";
import { parseId } from "../id.ts";
import { text } from "../text.ts";
import { defineCriterion, fail, pass, pending } from "./types.ts";

const config = z.strictObject({
  kind: z.literal("list"),
  list: z.string().refine((id) => parseId("list", id) !== null, "is not the id of a list"),
  /** `allow`: only people on the list come in. `deny`: nobody on it does. */
  mode: z.enum(["allow", "deny"]),
});

const ON = text("You are on the list of those who may come in.", "您在允许名单中。");
const NOT_DENIED = text("Nothing is against you.", "未被限制加入。");
const NOT_ON = text("You are not on the list of those who may come in.", "您不在允许名单中。");
const WAIT = text(
  "You come in by yourself once the organiser has put you on it.",
  "组织者将您加入名单后将自动加入。",
);
const DENIED = text("The organiser does not let this identity in.", "组织者不接受该身份加入。");
const ASK = text("If you think that this is a mistake, ask the organiser.", "如有疑问，请联系组织者。");

/** A list of people who may come in (白名单), or who may not (黑名单). */
export const list = defineCriterion<z.output<typeof config>>({
  kind: "list",
  summary: "The person is on a list of those who may come in, or is not on one of those who may not.",
  config,
  recheck: true,
  needs: ({ list }) => [{ fact: "list", list }],
  fields: () => [],
  judge: ({ list, mode }, { lists }) => {
    const isOn = lists.includes(list);
    if (mode === "deny") return isOn ? fail("denied", DENIED, ASK) : pass("not_denied", NOT_DENIED);
    if (isOn) return pass("on_list", ON);
    return pending("not_on_list", NOT_ON, WAIT, { next: { kind: "wait", until: null } });
  },
});
