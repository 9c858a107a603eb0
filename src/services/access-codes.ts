import { z } from "zod";
import { encodeBase32 } from "../domain/base32.ts";
import type { Id } from "../domain/id.ts";
import { identity } from "../domain/identity.ts";
import { canonicalCode, codeText } from "../domain/invite.ts";
import { askById, cutPage, type Page } from "../domain/page.ts";
import { instant, later, line } from "../domain/shapes.ts";
import type { Ports } from "../runtime/ports.ts";
import * as store from "../store/access-codes.ts";
import { findCampaign } from "../store/campaigns.ts";
import { type Call, demand, found, referring, tenantOf } from "./call.ts";
import { hashIdentity } from "./identities.ts";

export const accessCodesInput = z
  .strictObject({
    count: z.int().min(1).max(1000).default(1),
    maxUses: z.int().min(1).max(100_000_000).default(1),
    label: line(200).optional(),
    /** The only person who may use the codes. */
    recipient: identity.optional(),
    startsAt: instant.optional(),
    expiresAt: instant.optional(),
  })
  .refine(...later("startsAt", "expiresAt"));
export type AccessCodesInput = z.output<typeof accessCodesInput>;

/** A code with its text, which is derived and stored nowhere. */
export type AccessCode = store.AccessCode & { code: string };

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
  const each = await Promise.all(
    Array.from({ length: input.count }, async () => {
      const seed = encodeBase32(ports.random(SEED_BYTES));
      return { seed, hash: (await hashAccessCode(ports, await codeOfSeed(ports, seed))) as string };
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
  };
  const rows = await referring(
    "campaign",
    store.insertAccessCodes(ports.db, tenantOf(call), campaignId, ports.newId(), codes, ports.now()),
  );
  return Promise.all(rows.map((row) => withCode(ports, row)));
}

export async function listAccessCodes(
  call: Call,
  campaignId: Id,
  query: { limit: number; cursor?: string | undefined },
): Promise<Page<AccessCode>> {
  // The codes themselves are in the answer, and they open doors.
  demand(call, "write");
  const { ports } = call;
  const ask = askById("accessCode", query);
  const rows = await store.listAccessCodes(ports.db, tenantOf(call), campaignId, ask);
  if (rows.length === 0) found(await findCampaign(ports.db, tenantOf(call), campaignId), "campaign");
  const page = cutPage(rows, ask.limit, ask.position, (row) => row.id);
  return { ...page, data: await Promise.all(page.data.map((row) => withCode(ports, row))) };
}

/** Revokes a code for good. Revoking it again changes nothing. */
export async function revokeAccessCode(call: Call, id: Id): Promise<AccessCode> {
  demand(call, "write");
  const { ports } = call;
  const row = await store.revokeAccessCode(ports.db, tenantOf(call), id, ports.now());
  return withCode(ports, found(row, "access code"));
}
