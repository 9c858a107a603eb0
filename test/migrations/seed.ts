// An installation as the first two migrations left it: written by hand, for the product cannot write it any more.
type Value = string | number | null;
type Seed = Record<string, Record<string, Value>[]>;

const AT = Date.parse("2026-05-01T08:00:00Z");
const id = (n: number) => 86_000_000_000_000 + n;
const settings = {
  rotation: { mode: "static" },
  allocation: { strategy: "in_order", confirm: "join", reservationMinutes: 60, fallback: [] },
  attribution: { model: "last_touch", windowDays: 30 },
  referral: { qualifyAfterMinutes: 0 },
  board: { public: false, metric: "direct" },
};

/** A chain of four, the last of whom left; with a score each as it was kept then. */
const people = [0, 1, 2, 3].map((n) => ({
  id: id(100 + n),
  parent: n === 0 ? null : id(99 + n),
  depth: n,
  at: AT + n * 1000,
  leftAt: n === 3 ? AT + 90_000 : null,
}));

const tenant = { workspace_id: id(1), campaign_id: id(4) };

export const CAMPAIGN = id(4);
export const WORKSPACE = id(1);

/** Rows by table, parents before children. */
export const SEED: Seed = {
  workspaces: [{ id: id(1), name: "first", created_at: AT }],
  communities: [
    {
      id: id(2),
      workspace_id: id(1),
      name: "Runners",
      purpose: "We run.",
      organiser: JSON.stringify({ name: "Lin" }),
      values: "[]",
      rules: "[]",
      commercial_intent: "none",
      created_at: AT,
      updated_at: AT,
    },
  ],
  groups: [
    {
      id: id(3),
      workspace_id: id(1),
      community_id: id(2),
      name: "Group 1",
      carrier: "url",
      join_url: "https://example.com/",
      capacity: 10,
      used: 3,
      state: "open",
      priority: 0,
      weight: 1,
      margin_hours: 0,
      created_at: AT,
      updated_at: AT,
    },
  ],
  campaigns: [
    {
      id: id(4),
      workspace_id: id(1),
      community_id: id(2),
      name: "Spring",
      type: "event",
      status: "published",
      timezone: "UTC",
      all_groups: 1,
      gate_version: 1,
      settings: JSON.stringify(settings),
      created_at: AT,
      updated_at: AT,
      published_at: AT,
    },
  ],
  gates: [{ ...tenant, version: 1, gate: "null", created_at: AT }],
  invites: [
    { ...tenant, id: id(5), code: "POSTER", channel: "poster", uses: 1, created_at: AT },
    ...people.map(({ id: participant_id, at }, n) => ({
      ...tenant,
      id: id(50 + n),
      participant_id,
      code: `CODE${n}`,
      uses: n < 3 ? 1 : 0,
      created_at: at,
    })),
  ],
  members: people.map(({ at }, n) => ({
    id: id(200 + n),
    workspace_id: id(1),
    community_id: id(2),
    identity_hash: `hash ${n}`,
    identity_type: "email",
    created_at: at,
  })),
  participants: people.map((person, n) => ({
    ...tenant,
    id: person.id,
    member_id: id(200 + n),
    parent_id: person.parent,
    depth: person.depth,
    invited_via: n === 0 ? id(5) : id(49 + n),
    group_id: person.leftAt === null ? id(3) : null,
    gate_version: 1,
    display_name: `person ${n}`,
    attempt: n,
    joined_at: person.at,
    left_at: person.leftAt,
    seat_state: person.leftAt === null ? "confirmed" : null,
    seat_confirmed_at: person.leftAt === null ? person.at : null,
    confirmation_source: person.leftAt === null ? "join" : null,
  })),
  ledger: [
    ...people.map((person, n) => ({
      ...tenant,
      id: id(300 + n),
      kind: "joined",
      participant_id: person.id,
      parent_id: person.parent,
      group_id: id(3),
      invite_id: n === 0 ? id(5) : id(49 + n),
      gate_version: 1,
      actor: "gate",
      key: "",
      at: person.at,
    })),
    {
      ...tenant,
      id: id(310),
      kind: "left",
      participant_id: id(103),
      parent_id: id(102),
      group_id: id(3),
      invite_id: id(52),
      gate_version: 1,
      actor: "key",
      key: "event:1",
      at: AT + 90_000,
    },
  ],
  scores: people.slice(0, 3).flatMap(({ id: participant_id }, n) => [
    { ...tenant, metric: "direct", period: "all", participant_id, score: 1, reached_at: AT + (n + 1) * 1000 },
    { ...tenant, metric: "team", period: "all", participant_id, score: 3 - n, reached_at: AT + 3000 },
  ]),
  waitlist: [
    {
      ...tenant,
      id: id(400),
      member_id: id(200),
      invited_via: id(5),
      gate_version: 1,
      display_name: "person 0",
      attempt: 9,
      created_at: AT,
      promoted_at: AT,
    },
  ],
  scans: [
    {
      ...tenant,
      id: id(500),
      invite_id: id(5),
      visitor: "visitor",
      hour: 1,
      kind: "person",
      device: "phone",
      at: AT,
    },
  ],
};

/** The rows as INSERT statements. */
export const seedStatements = (): { sql: string; params: Value[] }[] =>
  Object.entries(SEED).flatMap(([table, rows]) =>
    rows.map((row) => ({
      sql: `INSERT INTO "${table}" (${Object.keys(row)
        .map((column) => `"${column}"`)
        .join(", ")}) VALUES (${Object.keys(row)
        .map(() => "?")
        .join(", ")})`,
      params: Object.values(row),
    })),
  );
