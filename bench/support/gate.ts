import { CRITERIA } from "../../src/domain/criteria/index.ts";
import { type Facts, NO_STORED_FACTS, type OrderFact } from "../../src/domain/criteria/facts.ts";
import { leavesOf } from "../../src/domain/evaluate.ts";
import { type Gate, gate } from "../../src/domain/gate.ts";

const CAMPAIGN = "cmp_00000000001";
const NOW = Date.parse("2026-11-20T04:00:00Z");
const HOST = { kind: "invitedBy", tag: "host", maxDepth: 5 };

/** Leaves, the acknowledgement among them, with every kind that there is. */
const TREE: unknown = {
  all: [
    { kind: "identityKind", types: ["email", "phone"] },
    { kind: "emailDomain", deny: ["*.example.net", "spam.example"] },
    { kind: "region", allow: ["CN", "SG", "MY"], field: "country" },
    { kind: "schedule", daily: { from: "08:00", to: "22:00" }, days: ["mon", "tue", "wed", "thu", "fri"] },
    { kind: "quota", limit: 500, per: "day" },
    { kind: "newcomer" },
    {
      any: [
        { kind: "payment", amount: 9900, currency: "CNY" },
        { kind: "purchase", minAmount: 50_000, currency: "CNY", products: ["tea", "cup"], withinDays: 365 },
        { kind: "level", min: 3 },
        { kind: "accessCode" },
        { all: [HOST, { kind: "quota", limit: 100, name: "hosts" }] },
      ],
    },
    {
      atLeast: 4,
      of: [
        { kind: "answer", field: "title", label: "Title", op: "in", value: ["CEO", "CTO", "founder"] },
        { kind: "answer", field: "city", label: "City", op: "notIn", value: ["nowhere"] },
        { kind: "answer", field: "age", label: "Age", op: "gte", value: 18 },
        { kind: "answer", field: "born", label: "Born", op: "before", value: "2008-01-01" },
        { kind: "answer", field: "page", label: "Page", op: "matches", value: "https://*.example.com/*" },
        { kind: "answer", field: "likes", label: "Likes", op: "contains", value: "tea" },
        { kind: "answer", field: "name", label: "Name", op: "answered" },
        { kind: "answer", field: "phone", label: "Phone", op: "matches", value: "1[3-9]*" },
      ],
    },
    {
      none: [
        { kind: "answer", field: "title", label: "Title", op: "eq", value: "recruiter" },
        { kind: "identityKind", types: ["custom"] },
        { kind: "region", allow: ["AQ"] },
      ],
    },
    { kind: "list", list: "ppl_00000000001", mode: "deny" },
    { kind: "schedule", at: "scan", from: "2026-11-01T00:00:00Z", to: "2026-12-01T00:00:00Z" },
    { any: [{ kind: "review" }, { kind: "list", list: "ppl_00000000002", mode: "allow" }] },
    {
      any: [{ kind: "human", by: "proof" }, { kind: "newcomer" }],
    },
    { any: [{ kind: "verifiedContact" }, { kind: "newcomer" }] },
  ],
};

/** The gate with criteria that do not exist left out, so that the benchmark runs at any time. */
function known(node: unknown): unknown {
  if (typeof node !== "object" || node === null) return node;
  if ("kind" in node) return CRITERIA.some(({ kind }) => kind === node.kind) ? node : null;
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(known).filter((one) => one !== null) : value,
    ]),
  );
}

/** A gate that uses every criterion. */
export const wholeGate = (): Gate => gate.parse(known(TREE));

/** How many leaves a gate has, and which criteria are not among them. */
export function coverage(node: Gate): { leaves: number; missing: string[] } {
  const leaves = leavesOf(node);
  const kinds = new Set(leaves.map(({ kind }) => kind as string));
  return {
    leaves: leaves.length,
    missing: CRITERIA.map(({ kind }) => kind).filter((kind) => !kinds.has(kind)),
  };
}

const order = (n: number): OrderFact => ({
  id: `ord_${String(n).padStart(11, "0")}`,
  source: "api",
  reference: `A-${n}`,
  campaignId: n % 3 === 0 ? CAMPAIGN : null,
  amount: 9900 + n,
  refunded: n % 5 === 0 ? 9900 : 0,
  currency: "CNY",
  items: [
    { product: "tea", amount: 5000 },
    { product: "jar", amount: 4900 + n },
  ],
  paidAt: NOW - n * 86_400_000,
});

/** The same decision as it would be written by hand for this very gate: no reasons, no leaves, no spends. */
export function decideByHand(facts: Facts): boolean {
  const { answers, profile, orders } = facts;
  const level = profile?.level ?? 0;
  const fold = (field: string) => String(answers[field] ?? "").toLowerCase();
  const paid = orders.some((one) => one.campaignId === CAMPAIGN && one.amount - one.refunded >= 9900);
  let spent = 0;
  for (const { items, refunded, paidAt } of orders) {
    if (paidAt <= facts.now - 365 * 86_400_000) continue;
    const tea = items.reduce((sum, { product, amount }) => (product === "tea" ? sum + amount : sum), 0);
    spent += Math.max(0, tea - refunded);
  }
  const hour = new Date(facts.now + 8 * 3_600_000).getUTCHours();
  const used = facts.quotas[0]?.used ?? 0;
  const country = facts.country ?? fold("country").toUpperCase();
  const answered = [
    ["ceo", "cto", "founder"].includes(fold("title")),
    fold("city") !== "nowhere",
    Number(answers["age"]) >= 18,
    fold("born") < "2008-01-01",
    fold("page").startsWith("https://") && fold("page").includes(".example.com/"),
    (answers["likes"] as readonly string[]).some((one) => one.includes("tea")),
    fold("name") !== "",
    fold("phone").startsWith("1"),
  ].filter(Boolean).length;
  return (
    facts.acknowledged &&
    facts.identityType === "email" &&
    facts.emailDomain?.endsWith(".example.net") === false &&
    ["CN", "SG", "MY"].includes(country) &&
    hour >= 8 &&
    hour < 22 &&
    used < 500 &&
    (facts.firstSeenAt === null || facts.firstSeenAt >= facts.campaignBeganAt) &&
    (paid || spent >= 50_000 || level >= 3 || (facts.inviter?.depth ?? 0) < 5) &&
    answered >= 4 &&
    fold("title") !== "recruiter" &&
    !facts.lists.includes("ppl_00000000001") &&
    (facts.reviews.some(({ state }) => state === "approved") || facts.lists.includes("ppl_00000000002"))
  );
}

/** Facts of so many people, none like another: some get in, some do not. */
export const crowdFacts = (people: number): Facts[] =>
  Array.from({ length: people }, (_, n) => ({
    ...NO_STORED_FACTS,
    now: NOW + n * 1000,
    acknowledged: true,
    answers: {
      title: n % 2 === 0 ? "CEO" : "Founder",
      city: `City ${n}`,
      age: String(15 + (n % 40)),
      born: `19${70 + (n % 30)}-03-04`,
      page: `https://me${n}.example.com/about`,
      likes: ["coffee", "green tea"],
      country: "CN",
    },
    accessCode: null,
    identityHash: `h${n}`,
    identityType: "email" as const,
    emailDomain: n % 7 === 0 ? "mail.example.net" : `company${n}.com`,
    vouched: n % 4 === 0,
    country: n % 3 === 0 ? null : "SG",
    invitedBy: "member" as const,
    scannedAt: NOW - 60_000,
    human: n % 2 === 0 ? { ok: true, code: "human" } : null,
    campaignId: CAMPAIGN,
    applicationId: null,
    timezone: "Asia/Shanghai",
    campaignBeganAt: NOW - 30 * 86_400_000,
    firstSeenAt: n % 11 === 0 ? 1 : null,
    profile: { level: n % 6, tags: ["member"], attributes: {}, lastReadAt: null },
    orders: [order(n), order(n + 1), order(n + 2)],
    lists: n % 2 === 0 ? ["ppl_00000000002"] : [],
    reviews: [{ queue: "default", state: "approved" as const, tries: 1, decidedAt: NOW, reason: null }],
    quotas: [{ key: "places", period: "2026-11-20", used: n }],
    inviter: { depth: 2, tags: ["host"] },
  }));
