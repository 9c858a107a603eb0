import { toBase64 } from "../domain/bytes.ts";
import type { Id } from "../domain/id.ts";
import type { SourceInput } from "../domain/order-source.ts";
import { askById, cutById, type Page, type PageQuery } from "../domain/page.ts";
import { Problem } from "../domain/problem.ts";
import { providerOf } from "../domain/providers/index.ts";
import type { SourceKeys } from "../domain/providers/types.ts";
import type { Ports } from "../runtime/ports.ts";
import * as store from "../store/order-sources.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";

export type OrderSource = store.OrderSource;

const SECRET_BYTES = 24;

const purposeOf = (workspaceId: Id) => `order-source:${workspaceId}`;

/** What a source's deliveries are checked with; null when another installation sealed it. */
export async function unsealKeys({ secrets }: Ports, source: OrderSource): Promise<SourceKeys | null> {
  const text = await secrets.unseal(purposeOf(source.workspaceId), source.sealed);
  return text === null ? null : (JSON.parse(text) as SourceKeys);
}

/** Makes a source. `secret` is the one that we made for it, shown here and never again. */
export async function createSource(
  call: Call,
  { provider, name, secret, publicKeys = [] }: SourceInput,
): Promise<{ source: OrderSource; secret: string | null }> {
  demand(call, "write", "workspace");
  const { ports, actor } = call;
  const fresh = `whsec_${toBase64(new Uint8Array(ports.random(SECRET_BYTES)))}`;
  const checked = providerOf(provider).keys({ secret, publicKeys, fresh });
  if ("faults" in checked) {
    throw new Problem("invalid_request", "The source lacks keys, or has others.", checked.faults);
  }
  const text = JSON.stringify(checked.keys);
  const sealed = await ports.secrets.seal(purposeOf(actor.workspaceId), text);
  const row = { provider, name, sealed };
  const source = await store.insertSource(ports.db, tenantOf(call), ports.newId(), row, ports.now());
  return { source, secret: checked.keys.secret === fresh ? fresh : null };
}

export async function listSources(call: Call, query: PageQuery): Promise<Page<OrderSource>> {
  demand(call, "read", "workspace");
  const ask = askById("orderSource", query);
  const rows = await store.listSources(call.ports.db, tenantOf(call), ask);
  return cutById(rows, ask);
}

/** Revokes a source for good: what it sends is refused. What it told stays. */
export async function revokeSource(call: Call, id: Id): Promise<OrderSource> {
  demand(call, "write", "workspace");
  const { db, now } = call.ports;
  return found(await store.revokeSource(db, tenantOf(call), id, now()), "order source");
}
