import { z } from "zod";
import { isUrl, line, paragraph, webUrl } from "./shapes.ts";
import { LOCALES } from "./text.ts";

export const COMMERCIAL_INTENTS = ["none", "occasional", "primary"] as const;
export type CommercialIntent = (typeof COMMERCIAL_INTENTS)[number];

const contact = line(300).refine(
  (value) =>
    !/^[a-z][a-z0-9+.-]*:/i.test(value) ||
    isUrl(value, ["https:", "http:"]) ||
    /^(mailto|tel):[^\s<>"']+$/.test(value),
  "is not a contact that a page may link to",
);

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
  imageUrl: webUrl.nullish(),
};

export const communityInput = z.strictObject(fields);
export type CommunityInput = z.output<typeof communityInput>;

export const communityPatch = z.strictObject(fields).partial();
export type CommunityPatch = z.output<typeof communityPatch>;
