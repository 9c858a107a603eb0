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

type Schema = { type?: string | string[]; properties?: Record<string, Schema> };

/** A field of a body, a nested one as `organiser.name`; `types` is empty where the document names none. */
export type Field = { name: string; types: string[] };

/** One operation of the API as its document describes it. */
export type Operation = {
  name: string;
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  scope: "read" | "write" | "admin";
  /** The names of its query parameters. */
  query: string[];
  /** The fields of its body; null when it takes none. */
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
      const schema = operation.requestBody?.content["application/json"].schema;
      return {
        name: `${method} ${path}`,
        method: method.toUpperCase() as Operation["method"],
        path,
        scope: operation.security[0].key[0],
        query: (operation.parameters ?? [])
          .filter((parameter: { in: string }) => parameter.in === "query")
          .map((parameter: { name: string }) => parameter.name),
        fields: schema === undefined ? null : fieldsOf(schema),
      };
    }),
  );
}

/** A workspace with one of everything, and bodies that fit. */
export type World = { api: Api; ids: Record<string, string>; bodies: Record<string, object> };

/** Makes one of everything that has an id. */
export async function mintWorld(api: Api): Promise<World> {
  const { campaign, community, groups, invite } = await mintCampaign(api, { groups: [{ capacity: 10_000 }] });
  const joined = await made(joinBy(api, campaign.id, invite.code));
  const codes = await made(api.post(`/v1/campaigns/${campaign.id}/access-codes`, {}));
  const key = await made(api.post("/v1/keys", { name: "spare", scopes: ["read"] }));
  const group = { name: "Group", carrier: "url", joinUrl: "https://example.com/1" };
  const settings = { name: "Spring", type: "event" };
  return {
    api,
    ids: {
      communities: community.id,
      groups: groups[0].id,
      campaigns: campaign.id,
      invites: invite.id,
      participants: joined.participant.id,
      "access-codes": codes.data[0].id,
      keys: key.id,
    },
    bodies: {
      "post /v1/communities": COMMUNITY,
      "patch /v1/communities/{id}": COMMUNITY,
      "post /v1/communities/{id}/groups": group,
      "patch /v1/groups/{id}": { name: "Group" },
      "post /v1/campaigns": { ...settings, communityId: community.id },
      "patch /v1/campaigns/{id}": settings,
      "post /v1/campaigns/{id}/invites": { channel: "poster" },
      "post /v1/campaigns/{id}/joins": { identity: newIdentity(), acknowledged: true, invite: invite.code },
      "post /v1/campaigns/{id}/access-codes": { count: 1 },
      "post /v1/keys": { name: "key", scopes: ["read"] },
      "post /v1/workspaces": { name: "workspace" },
    },
  };
}

/** The operation's path with an id in it: the world's own unless another is given. */
export function pathOf({ path }: Operation, world: World, id?: string): string {
  const noun = path.split("/")[2] ?? "";
  return path.replace("{id}", id ?? world.ids[noun] ?? "unknown noun");
}

/** The body that fits an operation; undefined when it takes none. */
export function bodyOf({ name, fields }: Operation, world: World): object | undefined {
  if (fields === null) return undefined;
  const body = world.bodies[name];
  if (body === undefined) throw new Error(`test/http/support/operations.ts has no body for ${name}`);
  return body;
}

/** Calls an operation; `body` goes out as it is. Without a key when `key` is null. */
export function call(
  { method }: Operation,
  path: string,
  key: string | null,
  body?: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return request(path, {
    method,
    headers: {
      ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
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
