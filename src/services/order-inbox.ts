import { type Id, parseId } from "../domain/id.ts";
import type { ReceiptEffect } from "../domain/order.ts";
import { Problem } from "../domain/problem.ts";
import { providerOf } from "../domain/providers/index.ts";
import type { Delivery, ProviderEvent } from "../domain/providers/types.ts";
import type { Ports } from "../runtime/ports.ts";
import { findSource } from "../store/order-sources.ts";
import { keepOrders } from "../store/receipts.ts";
import { keepReceipt } from "../store/refunds.ts";
import { unsealKeys } from "./order-sources.ts";
import { digestOf, keepingProblem, newOrderOf } from "./orders.ts";
import { lookAgainSoon } from "./reapplying.ts";

/** What a delivery did; `changed` is false for one that came before. */
export type Received = { effect: ReceiptEffect; changed: boolean };

/**
 * Takes a delivery of a provider: nothing is done before its signature is good, and then once. Two round trips.
 * @throws Problem `source_not_found`, `signature_…`, `invalid_json`, `invalid_request`, `conflict`
 */
export async function receive(
  ports: Ports,
  sourceId: string,
  delivery: Omit<Delivery, "now">,
): Promise<Received> {
  const source = parseId("orderSource", sourceId) === null ? undefined : await findSource(ports.db, sourceId);
  const keys = source?.revokedAt === null ? await unsealKeys(ports, source) : null;
  if (source === undefined || keys === null) {
    throw new Problem("source_not_found", "No source of orders has this address.");
  }
  const provider = providerOf(source.provider);
  const event = await provider.read(ports.webhookCrypto, keys, { ...delivery, now: ports.now() });
  const { strict } = provider;
  const changed = await keep(ports, source.workspaceId, source.id, event, strict).catch((error: unknown) => {
    if (strict || !(error instanceof Problem) || error.code !== "conflict") throw error;
    // What was told first stands: a shop's order that was edited is not another payment.
    ports.log.info("inbox", { source: source.id, effect: event.effect, conflict: true });
    return false;
  });
  if (changed && event.effect !== "ignored") lookAgainSoon(ports);
  return { effect: event.effect, changed };
}

/** The receipt and all that follows from it, in one batch. */
async function keep(
  ports: Ports,
  workspaceId: Id,
  source: Id,
  event: ProviderEvent,
  strict: boolean,
): Promise<boolean> {
  const tenant = { workspaceId, campaignId: null };
  if (event.effect === "paid") {
    const { order, key } = event;
    const row = await newOrderOf(ports, workspaceId, { ...order, source }, { key, strict });
    const [kept] = await keepOrders(ports.db, tenant, [row], ports.newId(), ports.now());
    const problem = kept === undefined ? null : keepingProblem(kept.keeping);
    if (problem !== null) throw problem;
    return kept?.keeping === "created";
  }
  const [key, amount] = event.effect === "ignored" ? [null, null] : [event.key, event.amount];
  const { effect } = event;
  const digest = await digestOf(ports, workspaceId, [effect, key, amount]);
  const receipt = { event: event.event, effect, amount, digest };
  const telling = await keepReceipt(
    ports.db,
    workspaceId,
    { source, key },
    receipt,
    ports.newId(),
    ports.now(),
  );
  if (telling === "conflict") throw new Problem("conflict", "This event told of something else before.");
  return telling === "created";
}
