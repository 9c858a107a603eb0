import type { Facts, OrderFact } from "../../src/domain/criteria/facts.ts";
import { criterionOf } from "../../src/domain/criteria/index.ts";
import type { Criterion, Judgement } from "../../src/domain/criteria/types.ts";
import { factsOf } from "./facts.ts";

const known = (kind: string): Criterion => {
  const criterion = criterionOf(kind);
  if (criterion === undefined) throw new Error(`no criterion ${kind}`);
  return criterion;
};

/** The config of a criterion as a gate would keep it. */
export const configOf = (given: { kind: string; [field: string]: unknown }) =>
  known(given.kind).config.parse(given);

/** Whether a criterion takes a config. */
export const takes = (given: { kind: string; [field: string]: unknown }): boolean =>
  known(given.kind).config.safeParse(given).success;

/** What one criterion says of facts. */
export const judged = (
  given: { kind: string; [field: string]: unknown },
  facts: Partial<Facts> = {},
): Judgement => known(given.kind).judge(configOf(given), factsOf(facts));

/** An order of 100.00 that was paid just now. */
export const orderOf = (given: Partial<OrderFact> = {}): OrderFact => ({
  id: "ord_00000000001",
  source: "api",
  reference: "A-1",
  campaignId: null,
  amount: 10_000,
  refunded: 0,
  currency: "CNY",
  items: [],
  paidAt: 0,
  ...given,
});
