import { type SQL, sql } from "drizzle-orm";
import type { CampaignSettings, CampaignStatus, CampaignType } from "../domain/campaign.ts";
import type { CommercialIntent, Organiser } from "../domain/community.ts";
import type { AccessCodeFact } from "../domain/criteria/types.ts";
import type { Gate } from "../domain/gate.ts";
import { formatId, type Id } from "../domain/id.ts";
import type { InviteWindow, Rotation } from "../domain/invite.ts";
import type { Locale } from "../domain/text.ts";
import type { Db } from "./db.ts";
import { perShape, prepared } from "./prepared.ts";

/** What an invite leads to: the same for all of a campaign's invites. Nobody may change it: it is shared. */
export type About = {
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
    /** When it begins, or began: the start that was set, else its publication, else its making. */
    beganAt: number;
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
};

/** Everything that an invite's landing page and gate need, read in one round trip. */
export type Arrival = About & {
  /** The same in one value: the very same object for as long as the database says the same. */
  about: About;
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
  seatsLeft: number;
  accessCode: AccessCodeFact["found"];
  /** Of the codes that the person or their server named beside this one: those of the campaign. */
  named: NamedInvite[];
};

/** An invite that somebody names, by the code that they named; `replaced`: it is one that it had before. */
export type NamedInvite = InviteWindow & { code: string; id: Id; replaced: boolean };

type Numbered<T> = Omit<T, "id"> & { id: number };

/** What else was asked for, as it comes from the database. */
type StoredMore = {
  accessCode: Numbered<NonNullable<AccessCodeFact["found"]>> | null;
  named: (Numbered<Omit<NamedInvite, "replaced">> & { replaced: number })[];
};

/** Groups `g` of campaign `c` that can take somebody at `now`: through the index of open groups only. */
export const openGroups = (now: number | SQL): SQL => sql`groups g INDEXED BY groups_open
  WHERE g.community_id = c.community_id AND g.state = 'open' AND g.used < g.capacity
    AND (g.retires_at IS NULL OR g.retires_at > ${now})
    AND (c.all_groups = 1 OR EXISTS (SELECT 1 FROM campaign_groups cg
      WHERE cg.campaign_id = c.id AND cg.group_id = g.id))`;

type Asked = { code: string; codeHash: string | null; now: number; named: string };

/**
 * Lists, not objects, and stored JSON as the text that it is: spelling names and reading texts that are
 * already known was most of the statement's time.
 * @param more whether an access code or other invites are asked for: a landing page asks for neither
 */
const arrival = perShape((more: boolean) =>
  prepared<Asked>((slot) => {
    const asked = sql`json_object(
        'accessCode', json((SELECT json_object('id', a.id, 'uses', a.uses, 'maxUses', a.max_uses,
            'startsAt', a.starts_at, 'expiresAt', a.expires_at, 'revokedAt', a.revoked_at,
            'recipientHash', a.recipient_hash, 'role', a.role)
          FROM access_codes a WHERE a.campaign_id = c.id AND a.hash = ${slot("codeHash")})),
        'named', (SELECT json_group_array(json_object('code', n.value, 'id', k.id, 'replaced', k.code <> n.value,
            'startsAt', k.starts_at, 'expiresAt', k.expires_at, 'revokedAt', k.revoked_at,
            'maxUses', k.max_uses, 'uses', k.uses))
          FROM json_each(${slot("named")}) n JOIN invites k ON k.id = coalesce(
            (SELECT id FROM invites WHERE code = n.value), (SELECT invite_id FROM retired_codes WHERE code = n.value))
          WHERE k.campaign_id = c.id))`;
    return [
      sql`SELECT json_array(i.id, i.code, i.workspace_id, i.rotation, i.starts_at, i.expires_at, i.revoked_at,
          i.max_uses, i.uses, i.code <> ${slot("code")}, w.token_version, w.token_rotated_at,
          (SELECT p.display_name FROM participants p WHERE p.id = i.participant_id),
          (SELECT coalesce(sum(g.capacity - g.used), 0) FROM ${openGroups(slot("now"))}),
          ${more ? asked : sql`NULL`}) AS own,
        json_array(c.id, c.name, c.type, c.status, c.starts_at, c.ends_at, c.timezone, c.gate_version, c.settings,
          v.gate, m.id, m.name, m.purpose, m.organiser, m.goal, m."values", m.rules, m.commercial_intent,
          m.locale, m.image_url, coalesce(c.starts_at, c.published_at, c.created_at)) AS about
      FROM invites i
      JOIN campaigns c ON c.id = i.campaign_id
      JOIN gates v ON v.campaign_id = c.id AND v.version = c.gate_version
      JOIN communities m ON m.id = c.community_id
      JOIN workspaces w ON w.id = i.workspace_id
      WHERE i.id = coalesce((SELECT id FROM invites WHERE code = ${slot("code")}),
        (SELECT invite_id FROM retired_codes WHERE code = ${slot("code")}))
      LIMIT 1`,
    ];
  }),
);

/** The columns of the statement's lists, in their order. */
type OwnRow = [
  id: number,
  code: string,
  workspaceId: number,
  rotation: string | null,
  startsAt: number | null,
  expiresAt: number | null,
  revokedAt: number | null,
  maxUses: number | null,
  uses: number,
  replaced: number,
  tokenVersion: number,
  tokenRotatedAt: number | null,
  displayName: string | null,
  seatsLeft: number,
  more: StoredMore | null,
];
type AboutRow = [
  id: number,
  name: string,
  type: CampaignType,
  status: CampaignStatus,
  startsAt: number | null,
  endsAt: number | null,
  timezone: string,
  gateVersion: number,
  settings: string,
  gate: string | null,
  communityId: number,
  communityName: string,
  purpose: string,
  organiser: string,
  goal: string | null,
  values: string,
  rules: string,
  commercialIntent: CommercialIntent,
  locale: Locale | null,
  imageUrl: string | null,
  beganAt: number,
];

/** Texts that are kept read, in characters all together. */
const MAX_KEPT = 2_000_000;
const read = new Map<string, About>();
let kept = 0;

/** A campaign's part of the answer, read once for as long as it says the same: the text itself is the key. */
function readAbout(text: string): About {
  const known = read.get(text);
  if (known !== undefined) return known;
  const row = JSON.parse(text) as AboutRow;
  const [id, name, type, status, startsAt, endsAt, timezone, gateVersion, settings, gate, ...community] = row;
  const [communityId, communityName, purpose, organiser, goal, values, rules, ...last] = community;
  const [commercialIntent, locale, imageUrl, beganAt] = last;
  const campaign = {
    id: formatId("campaign", id),
    name,
    type,
    status,
    startsAt,
    endsAt,
    timezone,
    gateVersion,
    beganAt,
  };
  const about = frozen<About>({
    campaign: { ...campaign, settings: JSON.parse(settings) as CampaignSettings },
    gate: gate === null ? null : (JSON.parse(gate) as Gate),
    community: {
      id: formatId("community", communityId),
      name: communityName,
      purpose,
      organiser: JSON.parse(organiser) as Organiser,
      goal,
      values: JSON.parse(values) as string[],
      rules: JSON.parse(rules) as string[],
      commercialIntent,
      locale,
      imageUrl,
    },
  });
  kept += text.length;
  if (kept > MAX_KEPT) {
    read.clear();
    kept = text.length;
  }
  read.set(text, about);
  return about;
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}

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
  const more = codeHash !== null || named.length > 0;
  const asked = { code, codeHash, now, named: JSON.stringify(named) };
  const [rows] = await db.run("read", arrival(more)(asked));
  const [row] = (rows ?? []) as [own: string, about: string][];
  if (row === undefined) return undefined;
  const [id, canonical, workspaceId, rotation, startsAt, expiresAt, revokedAt, maxUses, uses, ...own] =
    JSON.parse(row[0]) as OwnRow;
  const [replaced, version, rotatedAt, displayName, seatsLeft, asMore] = own;
  const about = readAbout(row[1]);
  const { accessCode = null, named: others = [] } = asMore ?? {};
  return {
    ...about,
    about,
    invite: {
      id: formatId("invite", id),
      code: canonical,
      workspaceId: formatId("workspace", workspaceId),
      rotation: rotation === null ? null : (JSON.parse(rotation) as Rotation),
      startsAt,
      expiresAt,
      revokedAt,
      maxUses,
      uses,
      replaced: replaced === 1,
    },
    tokenKey: { version, rotatedAt },
    inviter: displayName === null ? null : { displayName },
    seatsLeft,
    accessCode: accessCode && { ...accessCode, id: formatId("accessCode", accessCode.id) },
    named: others.map((one) => ({ ...one, id: formatId("invite", one.id), replaced: one.replaced === 1 })),
  };
}
