import { encodeBase32 } from "../domain/base32.ts";
import type { Id } from "../domain/id.ts";
import { type Actor, isKeyText, KEY_BYTES, keyIsLive, type keyInput, keyText } from "../domain/key.ts";
import { askById, cutById, type Page, type PageQuery } from "../domain/page.ts";
import { Problem } from "../domain/problem.ts";
import type { z } from "zod";
import type { Ports } from "../runtime/ports.ts";
import { findCampaign } from "../store/campaigns.ts";
import * as store from "../store/keys.ts";
import { type Call, demand, fieldProblem, found, tenantOf } from "./call.ts";

export type Key = store.Key;

const hashKey = async ({ secrets }: Ports, key: string): Promise<string> =>
  encodeBase32((await secrets.mac("api-key", key)).subarray(0, 20));

/** The end of a key, by which its owner tells it from others in a list. */
const hintOf = (key: string): string => `…${key.slice(-4)}`;

/** What is kept of a key. */
const rowOf = async (ports: Ports, name: string, key: string) => ({
  name,
  hash: await hashKey(ports, key),
  hint: hintOf(key),
});

/** A workspace with its first admin key; undefined where `onlyFirst` is asked and it is not. */
const mintWorkspace = async (ports: Ports, name: string, key: string, onlyFirst: boolean) =>
  store.insertWorkspace(
    ports.db,
    { workspace: ports.newId(), key: ports.newId() },
    name,
    await rowOf(ports, "admin", key),
    ports.now(),
    onlyFirst,
  );

/**
 * The actor behind a bearer key.
 * @throws Problem `unauthorized` for a key that is malformed, unknown, expired or revoked
 */
export async function authenticate(ports: Ports, key: string): Promise<Actor> {
  const hash = await hashKey(ports, key);
  // Hashes are compared, not keys: how long it takes tells nothing about the key.
  const isAdminKey = ports.adminKey !== null && hash === (await hashKey(ports, ports.adminKey));
  const refuse = () => new Problem("unauthorized", "The API key is not valid.");
  if (!isKeyText(key) && !isAdminKey) throw refuse();
  let actor = await store.findActor(ports.db, hash);
  if (actor === undefined && isAdminKey) {
    await admitAdminKey(ports, key);
    actor = await store.findActor(ports.db, hash);
  }
  if (actor === undefined || !keyIsLive(actor, ports.now())) throw refuse();
  return actor;
}

/** Makes the operator's key known: with the first workspace, or as a further key of it. */
async function admitAdminKey(ports: Ports, key: string): Promise<void> {
  if ((await mintWorkspace(ports, "Main", key, true)) !== undefined) return;
  await store.insertOwnerKey(ports.db, ports.newId(), await rowOf(ports, "admin", key), ports.now());
}

/** Makes the first workspace of an installation; answers its admin key, or null when there is one already. */
export async function bootstrap(ports: Ports): Promise<{ key: string; workspaceId: Id; keyId: Id } | null> {
  if (await store.hasWorkspace(ports.db)) return null;
  const key = ports.adminKey ?? keyText(ports.random(KEY_BYTES));
  const made = await mintWorkspace(ports, "Main", key, true);
  return made === undefined ? null : { key, ...made };
}

/** Makes another tenant. Only the installation's first workspace may. */
export async function createWorkspace(
  call: Call,
  name: string,
): Promise<{ id: Id; name: string; key: string }> {
  demand(call, "admin", "workspace");
  if (!call.actor.owner)
    throw new Problem("forbidden", "Only the installation's first workspace makes others.");
  const key = keyText(call.ports.random(KEY_BYTES));
  const made = await mintWorkspace(call.ports, name, key, false);
  return { id: found(made, "workspace").workspaceId, name, key };
}

/** Makes a key. Its text is in this answer and nowhere else. */
export async function createKey(
  call: Call,
  input: z.output<typeof keyInput>,
): Promise<store.Key & { key: string }> {
  demand(call, "admin", "workspace");
  const { ports } = call;
  const campaignId = input.campaignId ?? null;
  if (campaignId !== null) {
    const known = await findCampaign(ports.db, tenantOf(call), campaignId);
    if (known === undefined)
      throw fieldProblem("/campaignId", "unknown_campaign", "is not a campaign of this workspace");
  }
  const key = keyText(ports.random(KEY_BYTES));
  const row = {
    ...(await rowOf(ports, input.name, key)),
    scopes: [...new Set(input.scopes)],
    campaignId,
    expiresAt: input.expiresAt ?? null,
  };
  return { ...(await store.insertKey(ports.db, tenantOf(call), ports.newId(), row, ports.now())), key };
}

export async function listKeys(call: Call, query: PageQuery): Promise<Page<store.Key>> {
  demand(call, "admin", "workspace");
  const ask = askById("key", query);
  const rows = await store.listKeys(call.ports.db, tenantOf(call), ask);
  return cutById(rows, ask);
}

export async function getKey(call: Call, id: Id): Promise<store.Key> {
  demand(call, "admin", "workspace");
  return found(await store.findKey(call.ports.db, tenantOf(call), id), "key");
}

/** Revokes a key for good. Revoking it again changes nothing. */
export async function revokeKey(call: Call, id: Id): Promise<store.Key> {
  demand(call, "admin", "workspace");
  const { db, now } = call.ports;
  return found(await store.revokeKey(db, tenantOf(call), id, now()), "key");
}
