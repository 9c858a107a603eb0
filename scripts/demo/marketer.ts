import { CHANNELS } from "./prospects.ts";

export type Group = {
  id: string;
  name: string;
  joinUrl: string;
  capacity: number;
  used: number;
  priority: number;
};
export type Invite = { id: string; code: string; url: string; uses: number; participantId: string | null };
export type Participant = {
  id: string;
  inviterId: string | null;
  depth: number;
  invitedVia: string;
  groupId: string;
  displayName: string;
  direct: number;
  team: number;
  joinedAt: string;
};
export type Entry = {
  kind: string;
  participantId: string;
  inviterId: string | null;
  groupId: string;
  inviteId: string;
  at: string;
};
export type BoardRow = {
  rank: number;
  score: number;
  participant: { id: string; displayName: string };
  reachedAt: string;
};
export type Funnel = { steps: { step: string; people: number }[]; waitlisted: number };
export type TreeNode = { participant: Participant; direct: number; team: number; children: TreeNode[] };
export type AccessCode = { id: string; code: string; uses: number };

type Page<T> = { data: T[]; next: string | null };
type Query = Record<string, string | number>;

/** The marketer's API, over HTTP with a key. */
export type Api = {
  get: (path: string, query?: Query) => Promise<unknown>;
  post: (path: string, body?: unknown) => Promise<unknown>;
  /** Every row of a list, page by page. */
  all: (path: string, query?: Query) => Promise<unknown[]>;
};

const PAGE = 100;

export function apiOf(base: string, key: string): Api {
  const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${base}/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
    if (response.ok) return response.json();
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  };
  const get: Api["get"] = (path, query = {}) => {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) search.set(name, String(value));
    return send("GET", `${path}?${search.toString()}`);
  };
  return {
    get,
    post: (path, body) => send("POST", path, body),
    all: async (path, query = {}) => {
      const rows: unknown[] = [];
      const seen = new Set<string>();
      let from: Query = {};
      for (;;) {
        const page = (await get(path, { ...query, limit: PAGE, ...from })) as Page<unknown>;
        rows.push(...page.data);
        if (page.next === null) return rows;
        if (seen.has(page.next)) throw new Error(`GET ${path}: the pages go round in a circle`);
        seen.add(page.next);
        from = { cursor: page.next };
      }
    },
  };
}

/** Titles that the gate lets in. */
export const TITLES = ["Founder", "Product lead", "Community manager", "Engineer"];
export const PURPOSE = "People who build communities swap what worked, every Thursday evening.";
export const ORGANISER = "Lin Yue";
const GROUPS = 12;
const SEATS = 200;

/** What the marketer made, and the prospects meet. */
export type Stage = {
  campaignId: string;
  communityId: string;
  groups: Group[];
  channels: Invite[];
  accessCode: AccessCode;
};

/** Sets up the community, its groups, the campaign with its gate, and the invites, and publishes. */
export async function setUp(api: Api): Promise<Stage> {
  const community = (await api.post("/communities", {
    name: "Thursday Builders",
    purpose: PURPOSE,
    organiser: { name: ORGANISER, contact: "lin@example.com" },
    goal: "Everybody tries one thing a month.",
    rules: ["No advertising."],
    commercialIntent: "none",
  })) as { id: string };
  const groups: Group[] = [];
  for (let i = 1; i <= GROUPS; i++) {
    // Made out of order (5, 10, 2, 7, …): only the priority says which is filled first.
    const priority = (i * 5) % (GROUPS + 1);
    const group = await api.post(`/communities/${community.id}/groups`, {
      name: `Group ${String(priority).padStart(2, "0")}`,
      carrier: "url",
      joinUrl: `https://chat.example.com/${priority}`,
      capacity: SEATS,
      priority,
    });
    groups.push(group as Group);
  }
  const campaign = (await api.post("/campaigns", {
    communityId: community.id,
    name: "Builders' night",
    type: "event",
    gate: {
      any: [
        { kind: "answer", field: "title", label: "Your title", op: "in", value: TITLES },
        { kind: "accessCode" },
      ],
    },
  })) as { id: string };
  await api.post(`/campaigns/${campaign.id}/publish`);
  const channels: Invite[] = [];
  for (const channel of CHANNELS) {
    channels.push((await api.post(`/campaigns/${campaign.id}/invites`, { channel })) as Invite);
  }
  const codes = (await api.post(`/campaigns/${campaign.id}/access-codes`, {
    label: "Friends of the house",
    maxUses: 1000,
  })) as { data: AccessCode[] };
  return {
    campaignId: campaign.id,
    communityId: community.id,
    groups,
    channels,
    accessCode: codes.data[0] as AccessCode,
  };
}
