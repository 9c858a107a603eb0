import { z } from "zod";
import { encodeBase32 } from "../domain/base32.ts";
import type { Id } from "../domain/id.ts";
import { identity } from "../domain/identity.ts";
import { canonicalCode, codeText } from "../domain/invite.ts";
import { askById, cutById, type Page, type PageQuery } from "../domain/page.ts";
import { tag } from "../domain/profile.ts";
import { instant, later, line } from "../domain/shapes.ts";
import type { Ports } from "../runtime/ports.ts";
import * as store from "../store/access-codes.ts";
import { findCampaign } from "../store/campaigns.ts";
import { type Call, demand, found, referring, tenantOf } from "./call.ts";
import { hashIdentity } from "./identities.ts";

/** Codes that one request may ask for. */
const MAX_CODES = 10_000;

export const accessCodesInput = z
  .strictObject({
    count: z.int().min(1).max(MAX_CODES).default(1),
    maxUses: z.int().min(1).max(100_000_000).default(1),
    label: line(200).optional(),
    /** The only person who may use the codes. */
    recipient: identity.optional(),
    /** A tag that whoever uses them must have in the community. */
    role: tag.optional(),
    startsAt: instant.optional(),
    expiresAt: instant.optional(),
  })
  .refine(...later("startsAt", "expiresAt"));
export type AccessCodesInput = z.output<typeof accessCodesInput>;

/** A code with its text, which is derived and stored nowhere. */
export type AccessCode = store.AccessCode & { code: string };
export type CodeBatch = store.CodeBatch;

const SEED_BYTES = 10;

/** The keyed hash by which a typed code is looked up; null for a text that cannot be one. */
export async function hashAccessCode({ secrets }: Ports, text: string): Promise<string | null> {
  const code = canonicalCode(text);
  if (code === null) return null;
  return encodeBase32((await secrets.mac("access-code", code)).subarray(0, 16));
}

/** The code that a seed stands for. A copy of the database alone does not yield it. */
async function codeOfSeed({ secrets }: Ports, seed: string): Promise<string> {
  for (let round = 0; ; round++) {
    const code = codeText(await secrets.mac("access-code-seed", `${seed}${round || ""}`));
    if (code !== null) return code;
  }
}

const withCode = async (ports: Ports, row: store.AccessCode): Promise<AccessCode> => ({
  ...row,
  code: await codeOfSeed(ports, row.seed),
});

/** Makes targeted codes for a campaign. */
export async function createAccessCodes(
  call: Call,
  campaignId: Id,
  input: AccessCodesInput,
): Promise<AccessCode[]> {
  demand(call, "write");
  const { ports } = call;
  const made = new Map<string, string>();
  const each = await Promise.all(
    Array.from({ length: input.count }, async () => {
      const seed = encodeBase32(ports.random(SEED_BYTES));
      const code = await codeOfSeed(ports, seed);
      made.set(seed, code);
      return { seed, hash: (await hashAccessCode(ports, code)) as string };
    }),
  );
  const codes = {
    each,
    label: input.label ?? null,
    recipientHash: input.recipient
      ? await hashIdentity(ports, call.actor.workspaceId, input.recipient)
      : null,
    maxUses: input.maxUses,
    startsAt: input.startsAt ?? null,
    expiresAt: input.expiresAt ?? null,
    role: input.role ?? null,
    issuer: call.actor.keyId,
  };
  const rows = await referring(
    "campaign",
    store.insertAccessCodes(ports.db, tenantOf(call), campaignId, ports.newId(), codes, ports.now()),
  );
  return rows.map((row) => ({ ...row, code: made.get(row.seed) as string }));
}

/** A page of a campaign's codes, newest first; of one batch only, where it is named. */
export async function listAccessCodes(
  call: Call,
  campaignId: Id,
  query: PageQuery & { batch?: string | undefined },
): Promise<Page<AccessCode>> {
  // The codes themselves are in the answer, and they open doors.
  demand(call, "write");
  const { ports } = call;
  const ask = askById("accessCode", query);
  const batch = query.batch ?? null;
  const rows = await store.listAccessCodes(ports.db, tenantOf(call), campaignId, batch, ask);
  if (rows.length === 0) found(await findCampaign(ports.db, tenantOf(call), campaignId), "campaign");
  const page = cutById(rows, ask);
  return { ...page, data: await Promise.all(page.data.map((row) => withCode(ports, row))) };
}

/** All codes of one batch, newest first: as many as one request can have made. */
export const exportAccessCodes = async (call: Call, campaignId: Id, batch: Id): Promise<AccessCode[]> =>
  (await listAccessCodes(call, campaignId, { limit: MAX_CODES, batch })).data;

/** Revokes all codes of a batch for good. Revoking it again changes nothing. */
export async function revokeBatch(call: Call, id: Id): Promise<CodeBatch> {
  demand(call, "write");
  const { ports } = call;
  return found(await store.revokeBatch(ports.db, tenantOf(call), id, ports.now()), "batch of access codes");
}

/** Revokes a code for good. Revoking it again changes nothing. */
export async function revokeAccessCode(call: Call, id: Id): Promise<AccessCode> {
  demand(call, "write");
  const { ports } = call;
  const row = await store.revokeAccessCode(ports.db, tenantOf(call), id, ports.now());
  return withCode(ports, found(row, "access code"));
}
