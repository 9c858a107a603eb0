import { z } from "zod";
import { IDENTITIES, IDENTITY_TYPES } from "../identity.ts";
import { text } from "../text.ts";
import { perConfig } from "./per-config.ts";
import { defineCriterion, fail, pass } from "./types.ts";

const config = z.strictObject({
  kind: z.literal("identityKind"),
  types: z.array(z.enum(IDENTITY_TYPES)).min(1).max(IDENTITY_TYPES.length),
});
type Config = z.output<typeof config>;

const FITS = text("This kind of identity will do.", "身份类型符合要求。");

const words = perConfig(({ types }: Config) => {
  const en = types.map((type) => IDENTITIES[type].en).join(", ");
  const zh = types.map((type) => IDENTITIES[type]["zh-CN"]).join("、");
  return {
    reason: text(`Only people known by ${en} come in.`, `仅接受以下身份类型：${zh}。`),
    remedy: text(`Come with one of these: ${en}.`, `请使用以下身份之一：${zh}。`),
  };
});

/** By which kind of identity people may be known here. */
export const identityKind = defineCriterion<Config>({
  kind: "identityKind",
  summary: "The identity is of one of the given kinds, such as a phone number.",
  config,
  fields: () => [],
  judge: (config, { identityType }) => {
    if (config.types.includes(identityType)) return pass("identity_kind_fits", FITS);
    const { reason, remedy } = words(config);
    return fail("identity_kind_other", reason, remedy);
  },
});
