import {
  type Answer,
  type Api,
  COMMUNITY,
  joinBy,
  mintCampaign,
  newIdentity,
  request,
} from "../../support/api.ts";
import { made } from "./expect.ts";
import { memberOf } from "./people.ts";
import { mintRechecked } from "./rechecks.ts";
import { logoPixels, pngOf, qrPixels } from "./pictures.ts";

type Schema = { type?: string | string[]; properties?: Record<string, Schema> };

/** A field of a body, a nested one as `organiser.name`; `types` is empty where the document names none. */
export type Field = { name: string; types: string[] };

/** One operation of the API as its document describes it. */
export type Operation = {
  name: string;
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  scope: "read" | "write" | "admin";
  /** The names of its query parameters. */
  query: string[];
  /** The content type of its body; null when it takes none. */
  type: string | null;
  /** Whether its body may be left out. */
  optional: boolean;
  /** The fields of its JSON body; null when it takes none. */
  fields: Field[] | null;
};

const fieldsOf = (schema: Schema, before = ""): Field[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    { name: `${before}${name}`, types: [field.type ?? []].flat() },
    ...fieldsOf(field, `${before}${name}.`),
  ]);

/** Every operation in `/openapi.json`. */
export async function readOperations(): Promise<Operation[]> {
  const { json } = await request("/openapi.json");
  return Object.entries(json.paths).flatMap(([path, methods]) =>
    // oxlint-disable-next-line typescript/no-explicit-any
    Object.entries(methods as Record<string, any>).map(([method, operation]): Operation => {
      const content = operation.requestBody?.content ?? {};
      const schema = content["application/json"]?.schema;
      return {
        name: `${method} ${path}`,
        method: method.toUpperCase() as Operation["method"],
        path,
        scope: operation.security[0].key[0],
        query: (operation.parameters ?? [])
          .filter((parameter: { in: string }) => parameter.in === "query")
          .map((parameter: { name: string }) => parameter.name),
        type: Object.keys(content)[0] ?? null,
        optional: operation.requestBody?.required !== true,
        fields: schema === undefined ? null : fieldsOf(schema),
      };
    }),
  );
}

/** The largest body that an operation takes, in bytes. */
export const limitOf = ({ path }: Operation): number =>
  /\/(members|entries|import)$/.test(path) ? 1024 * 1024 : 64 * 1024;

/** A body: fields, or a picture's bytes. */
type Body = object | Uint8Array<ArrayBuffer>;

/** A workspace with one of everything, and bodies that fit. */
export type World = {
  api: Api;
  /** By the noun in the path; an operation that wants another one stands here by its name. */
  ids: Record<string, string>;
  /** By the operation's name. A new operation that takes a body needs a line here. */
  bodies: Record<string, Body>;
  /** By the name of an operation that succeeds only once on one id: makes another. */
  fresh: Record<string, () => Promise<string>>;
};

const GROUP = { name: "Group", carrier: "url", joinUrl: "https://example.com/1" };
const ORDER = { reference: "A-1", amount: 19_900, currency: "CNY" };
const SOURCE = { provider: "standard", name: "Our shop" };
const SETTINGS = { name: "Spring", type: "event" };

/** Makes one of everything that has an id. */
export async function mintWorld(api: Api): Promise<World> {
  const { campaign, community, groups, invite } = await mintCampaign(api, {
    groups: [{ capacity: 10_000 }, { capacity: 10_000 }],
  });
  const post = (path: string, body?: object) => made(api.post(path, body));
  const joined = await made(joinBy(api, campaign.id, invite.code));
  const removed = await made(joinBy(api, campaign.id, invite.code));
  const codes = await post(`/v1/campaigns/${campaign.id}/access-codes`, {});
  const list = await post("/v1/lists", { name: "alumni" });
  const key = await post("/v1/keys", { name: "spare", scopes: ["read"] });
  const rotating = await post(`/v1/campaigns/${campaign.id}/invites`, {
    channel: "screen",
    rotation: { mode: "rotating" },
  });
  const order = await post("/v1/orders", ORDER);
  const source = await post("/v1/order-sources", SOURCE);
  const displays = `/v1/invites/${rotating.id}/displays`;
  const display = await post(displays, { label: "hall" });
  const door = await mintCampaign(api, { campaign: { gate: { kind: "review" } } });
  /** Somebody who waits for a decision: their case. */
  const caseOf = async (): Promise<string> => {
    await made(joinBy(api, door.campaign.id, door.invite.code));
    const { data } = await made(api.get(`/v1/campaigns/${door.campaign.id}/reviews?state=open&limit=100`));
    return data.at(-1).id;
  };
  const checked = await mintRechecked(api, { graceHours: 0 });
  const logo = pngOf(logoPixels());
  const groupQr = pngOf(qrPixels(GROUP.joinUrl));
  const world: World = {
    api,
    ids: {
      communities: community.id,
      groups: groups[0].id,
      campaigns: campaign.id,
      invites: invite.id,
      displays: display.id,
      participants: joined.participant.id,
      members: await memberOf(api, joined),
      lists: list.id,
      "access-codes": codes.data[0].id,
      "access-code-batches": codes.data[0].batchId,
      orders: order.id,
      "order-sources": source.id,
      keys: key.id,
      reviews: await caseOf(),
      // Nobody who is removed may come back by the other operations.
      "post /v1/participants/{id}/remove": removed.participant.id,
      "get /v1/participants/{id}/checks": await checked.member(),
      "post /v1/participants/{id}/checks/exempt": await checked.member(),
      "post /v1/participants/{id}/checks/remove": await checked.member(),
      "post /v1/invites/{id}/displays": rotating.id,
      "get /v1/invites/{id}/displays": rotating.id,
    },
    bodies: {
      "post /v1/communities": COMMUNITY,
      "patch /v1/communities/{id}": COMMUNITY,
      "put /v1/communities/{id}/logo": logo,
      "put /v1/communities/{id}/members": { members: [{ identity: newIdentity(), level: 3 }] },
      "patch /v1/members/{id}": { level: 3, addTags: ["vip"] },
      "post /v1/lists": { name: "alumni" },
      "post /v1/lists/{id}/entries": { add: [newIdentity()] },
      "post /v1/communities/{id}/groups": GROUP,
      "post /v1/communities/{id}/groups/bulk": {
        name: "Hall {n}",
        carrier: "url",
        joinUrl: "https://example.com/{n}",
        count: 1,
      },
      "patch /v1/groups/{id}": { name: "Group" },
      "post /v1/groups/{id}/merge": { into: groups[1].id },
      "put /v1/groups/{id}/qr": groupQr,
      "post /v1/campaigns": { ...SETTINGS, communityId: community.id },
      "patch /v1/campaigns/{id}": SETTINGS,
      "put /v1/campaigns/{id}/costs": {
        costs: [{ channel: "poster", medium: null, amount: 100, currency: "CNY" }],
      },
      "post /v1/campaigns/{id}/invites": { channel: "poster" },
      "post /v1/campaigns/{id}/joins": { identity: newIdentity(), acknowledged: true, invite: invite.code },
      "post /v1/campaigns/{id}/access-codes": { count: 1 },
      "post /v1/campaigns/{id}/gate/dry-run": {
        gate: { kind: "accessCode" },
        facts: { accessCode: "valid" },
      },
      "post /v1/invites/{id}/displays": { label: "hall" },
      "post /v1/participants/{id}/confirm": { source: "operator" },
      "post /v1/participants/{id}/leave": { eventId: "left-1" },
      "post /v1/participants/{id}/rejoin": { eventId: "back-1" },
      "post /v1/participants/{id}/void": { cause: "a double" },
      "post /v1/participants/{id}/restore": { cause: "no double" },
      "post /v1/participants/{id}/remove": { cause: "sells followers" },
      "post /v1/participants/{id}/checks/exempt": {
        until: "2099-01-01T00:00:00Z",
        cause: "a guest of honour",
      },
      "post /v1/participants/{id}/checks/remove": { cause: "their time is over" },
      "post /v1/participants/{id}/disqualify": { cause: "staff" },
      "post /v1/participants/{id}/reinstate": { cause: "no staff" },
      "post /v1/participants/{id}/move": { inviterId: null, cause: "typed the wrong code" },
      "post /v1/orders": ORDER,
      "post /v1/orders/{id}/refund": { amount: 100, eventId: "refund-1" },
      "post /v1/orders/import": new TextEncoder().encode("reference,amount,currency\nB-1,100,CNY\n"),
      "post /v1/order-sources": SOURCE,
      "post /v1/reviews/{id}/approve": { reason: "a friend of the house" },
      "post /v1/reviews/{id}/reject": { reason: "no name" },
      "post /v1/reviews/{id}/assign": { assignee: "night shift" },
      "post /v1/campaigns/{id}/reviews/bulk": {
        decisions: [{ id: "rev_00000000001", decision: "approve" }],
      },
      "post /v1/keys": { name: "key", scopes: ["read"] },
      "post /v1/workspaces": { name: "workspace" },
    },
    fresh: {
      "post /v1/groups/{id}/merge": async () =>
        (await post(`/v1/communities/${community.id}/groups`, GROUP)).id,
      "post /v1/participants/{id}/checks/remove": checked.dueMember,
      "post /v1/reviews/{id}/approve": caseOf,
      "post /v1/reviews/{id}/reject": caseOf,
      "post /v1/reviews/{id}/assign": caseOf,
    },
  };
  for (const [path, picture] of [
    [`/v1/communities/${community.id}/logo`, logo],
    [`/v1/groups/${groups[0].id}/qr`, groupQr],
  ] as const) {
    const headers = { Authorization: `Bearer ${api.key}`, "Content-Type": "image/png" };
    await made(request(path, { method: "PUT", headers, body: picture }));
  }
  return world;
}

/** The world's own id for an operation. */
export function idOf({ name, path }: Operation, { ids }: World): string {
  const id = ids[name] ?? ids[path.split("/")[2] ?? ""];
  if (path.includes("{id}") && id === undefined) {
    throw new Error(`test/http/support/operations.ts has no id for ${name}`);
  }
  return id ?? "";
}

/** The operation's path with an id in it: the world's own unless another is given. */
export const pathOf = (operation: Operation, world: World, id = idOf(operation, world)): string =>
  operation.path.replace("{id}", id);

/** The path of an operation that shall succeed: with a fresh id where each serves only once. */
export async function freshPathOf(operation: Operation, world: World): Promise<string> {
  return pathOf(operation, world, await world.fresh[operation.name]?.());
}

function fitting({ name, type }: Operation, world: World): Body | undefined {
  if (type === null) return undefined;
  const body = world.bodies[name];
  if (body === undefined) throw new Error(`test/http/support/operations.ts has no body for ${name}`);
  return body;
}

/** The JSON body that fits an operation; undefined when it takes none. */
export const bodyOf = (operation: Operation, world: World): object | undefined =>
  operation.fields === null ? undefined : fitting(operation, world);

/** What fits an operation as it goes out: JSON text, or a picture's bytes. */
export function payloadOf(operation: Operation, world: World): string | Uint8Array<ArrayBuffer> | undefined {
  const body = fitting(operation, world);
  return body === undefined || body instanceof Uint8Array ? body : JSON.stringify(body);
}

/** Calls an operation; `body` goes out as it is. Without a key when `key` is null. */
export function call(
  { method, type }: Operation,
  path: string,
  key: string | null,
  body?: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return request(path, {
    method,
    headers: {
      ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "Content-Type": type ?? "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
}

/** Does `work` on all items, a few at a time, so that no host is drowned. */
export async function eachOf<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  width = 8,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let i = next++; i < items.length; i = next++) await work(items[i] as T);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
