import { type SQL, sql } from "drizzle-orm";
import type { CampaignSettings, CampaignStatus, CampaignType } from "../domain/campaign.ts";
import type { CommercialIntent, Organiser } from "../domain/community.ts";
import type { AccessCodeFact } from "../domain/criteria/types.ts";
import type { Gate } from "../domain/gate.ts";
import { formatId, type Id } from "../domain/id.ts";
import type { InviteWindow, Rotation } from "../domain/invite.ts";
import type { Locale } from "../domain/text.ts";
import { type Db, jsonQuery, jsonRows } from "./db.ts";

/** Everything that an invite's landing page and gate need, read in one round trip. */
export type Arrival = {
  invite: InviteWindow & {
    id: Id;
    code: string;
    workspaceId: Id;
    rotation: Rotation | null;
    /** The code that was asked for is one that the invite had before. */
    replaced: boolean;
  };
  tokenKey: { version: number; rotatedAt: number | null };
  inviter: { displayName: string } | null;
  campaign: {
    id: Id;
    name: string;
    type: CampaignType;
    status: CampaignStatus;
    startsAt: number | null;
    endsAt: number | null;
    timezone: string;
    gateVersion: number;
    settings: CampaignSettings;
  };
  gate: Gate | null;
  community: {
    id: Id;
    name: string;
    purpose: string;
    organiser: Organiser;
    goal: string | null;
    values: string[];
    rules: string[];
    commercialIntent: CommercialIntent;
    locale: Locale | null;
    imageUrl: string | null;
  };
  seatsLeft: number;
  accessCode: AccessCodeFact["found"];
  /** Of the codes that the person or their server named beside this one: those of the campaign. */
  named: NamedInvite[];
};

/** An invite that somebody names, by the code that they named; `replaced`: it is one that it had before. */
export type NamedInvite = InviteWindow & { code: string; id: Id; replaced: boolean };

type Stored = Omit<Arrival, "invite" | "campaign" | "community" | "accessCode" | "named"> & {
  invite: InviteWindow & {
    id: number;
    code: string;
    workspaceId: number;
    rotation: Rotation | null;
    replaced: number;
  };
  campaign: Omit<Arrival["campaign"], "id"> & { id: number };
  community: Omit<Arrival["community"], "id"> & { id: number };
  accessCode: (Omit<NonNullable<AccessCodeFact["found"]>, "id"> & { id: number }) | null;
  named: (Omit<NamedInvite, "id" | "replaced"> & { id: number; replaced: number })[];
};

/** Groups `g` of campaign `c` that can take somebody at `now`: through the index of open groups only. */
export const openGroups = (now: number | SQL): SQL => sql`groups g INDEXED BY groups_open
  WHERE g.community_id = c.community_id AND g.state = 'open' AND g.used < g.capacity
    AND (g.retires_at IS NULL OR g.retires_at > ${now})
    AND (c.all_groups = 1 OR EXISTS (SELECT 1 FROM campaign_groups cg
      WHERE cg.campaign_id = c.id AND cg.group_id = g.id))`;

/**
 * What stands behind an invite's code, or undefined. One read.
 * @param codeHash keyed hash of the access code that was typed in, null when there is none
 * @param named other invites' codes that were named, canonical
 */
export async function findArrival(
  db: Db,
  code: string,
  codeHash: string | null,
  now: number,
  named: readonly string[] = [],
): Promise<Arrival | undefined> {
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object(
        'invite', json_object('id', i.id, 'code', i.code, 'workspaceId', i.workspace_id, 'rotation', json(i.rotation),
          'startsAt', i.starts_at, 'expiresAt', i.expires_at, 'revokedAt', i.revoked_at,
          'maxUses', i.max_uses, 'uses', i.uses, 'replaced', i.code <> ${code}),
        'tokenKey', json_object('version', w.token_version, 'rotatedAt', w.token_rotated_at),
        'inviter', json((SELECT json_object('displayName', p.display_name) FROM participants p WHERE p.id = i.participant_id)),
        'campaign', json_object('id', c.id, 'name', c.name, 'type', c.type, 'status', c.status,
          'startsAt', c.starts_at, 'endsAt', c.ends_at, 'timezone', c.timezone,
          'gateVersion', c.gate_version, 'settings', json(c.settings)),
        'gate', json(v.gate),
        'community', json_object('id', m.id, 'name', m.name, 'purpose', m.purpose, 'organiser', json(m.organiser),
          'goal', m.goal, 'values', json(m."values"), 'rules', json(m.rules),
          'commercialIntent', m.commercial_intent, 'locale', m.locale, 'imageUrl', m.image_url),
        'seatsLeft', (SELECT coalesce(sum(g.capacity - g.used), 0) FROM ${openGroups(now)}),
        'accessCode', json((SELECT json_object('id', a.id, 'uses', a.uses, 'maxUses', a.max_uses,
            'startsAt', a.starts_at, 'expiresAt', a.expires_at, 'revokedAt', a.revoked_at,
            'recipientHash', a.recipient_hash)
          FROM access_codes a WHERE a.campaign_id = c.id AND a.hash = ${codeHash})),
        'named', (SELECT json_group_array(json_object('code', n.value, 'id', k.id, 'replaced', k.code <> n.value,
            'startsAt', k.starts_at, 'expiresAt', k.expires_at, 'revokedAt', k.revoked_at,
            'maxUses', k.max_uses, 'uses', k.uses))
          FROM json_each(${JSON.stringify(named)}) n JOIN invites k ON k.id = coalesce(
            (SELECT id FROM invites WHERE code = n.value), (SELECT invite_id FROM retired_codes WHERE code = n.value))
          WHERE k.campaign_id = c.id))
      FROM invites i
      JOIN campaigns c ON c.id = i.campaign_id
      JOIN gates v ON v.campaign_id = c.id AND v.version = c.gate_version
      JOIN communities m ON m.id = c.community_id
      JOIN workspaces w ON w.id = i.workspace_id
      WHERE i.id = coalesce((SELECT id FROM invites WHERE code = ${code}),
        (SELECT invite_id FROM retired_codes WHERE code = ${code}))`,
    ),
  ]);
  const [found] = jsonRows<Stored>(rows);
  if (found === undefined) return undefined;
  const { invite, campaign, community, accessCode } = found;
  return {
    ...found,
    invite: {
      ...invite,
      replaced: invite.replaced === 1,
      id: formatId("invite", invite.id),
      workspaceId: formatId("workspace", invite.workspaceId),
    },
    campaign: { ...campaign, id: formatId("campaign", campaign.id) },
    community: { ...community, id: formatId("community", community.id) },
    accessCode: accessCode && { ...accessCode, id: formatId("accessCode", accessCode.id) },
    named: found.named.map((one) => ({
      ...one,
      id: formatId("invite", one.id),
      replaced: one.replaced === 1,
    })),
  };
}
