import { z } from "zod";
import { isUrl, line, paragraph } from "./shapes.ts";
import { LOCALES } from "./text.ts";

export const COMMERCIAL_INTENTS = ["none", "occasional", "primary"] as const;
export type CommercialIntent = (typeof COMMERCIAL_INTENTS)[number];

// The page shows a contact as text. What looks like a link must still be a harmless one.
const contact = line(300).refine(
  (value) =>
    !/^\s*(javascript|data|vbscript|file|blob):/i.test(value) &&
    (!value.includes("://") || isUrl(value, ["https:", "http:"])),
  "is not a contact that a page may show",
);

// The pages show pictures over https only: another one would be accepted and never seen.
const imageUrl = z
  .string()
  .trim()
  .max(2048)
  .refine((value) => isUrl(value, ["https:"]), "is not an https URL");

/** Who runs the community. An empty name is a draft: it cannot be published. */
export const organiser = z.strictObject({
  name: line(120, 0),
  contact: contact.optional(),
  verified: z.boolean().optional(),
});
export type Organiser = z.output<typeof organiser>;

const fields = {
  name: line(120),
  purpose: paragraph(2000, 0),
  organiser,
  goal: paragraph(2000).nullish(),
  values: z.array(line(200)).max(20).optional(),
  rules: z.array(line(500)).max(50).optional(),
  commercialIntent: z.enum(COMMERCIAL_INTENTS),
  locale: z.enum(LOCALES).nullish(),
  imageUrl: imageUrl.nullish(),
};

export const communityInput = z.strictObject(fields);
export type CommunityInput = z.output<typeof communityInput>;

export const communityPatch = z.strictObject(fields).partial();
export type CommunityPatch = z.output<typeof communityPatch>;
