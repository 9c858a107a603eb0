import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { type Allocation } from "../../src/domain/allocation.ts";
import { type Id } from "../../src/domain/id.ts";
import { type Call } from "../../src/services/call.ts";
import { patchCampaign } from "../../src/services/campaigns.ts";
import { getGroup } from "../../src/services/groups.ts";
import { listEvents, readHealth } from "../../src/services/health.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { type Clock, openCampaign, openPorts } from "../support/ports.ts";

export const MINUTE = 60_000;
export const RESERVED = 10 * MINUTE;
export const clock: Clock = { now: Date.parse("2026-03-01T08:00:00Z") };

let opened: Awaited<ReturnType<typeof openPorts>>;
/** Who asks: set before the first test. */
export let call: Call;
beforeAll(async () => {
  opened = await openPorts(clock);
  call = opened.call;
});
afterEach(async () => expect(await findDifferences(call.ports.db)).toEqual([]));
afterAll(() => opened.close());

export type World = { campaign: { id: Id }; invite: { code: string } };

export const allocation = (change: Partial<Allocation>): Allocation => ({
  strategy: "in_order",
  confirm: "reveal",
  reservationMinutes: 10,
  fallback: [{ kind: "waitlist" }],
  ...change,
});
export const RESERVE = allocation({ confirm: "carrier" });

export async function open(capacities: number[], rules: Allocation = allocation({})) {
  const world = await openCampaign(call, capacities);
  await patchCampaign(call, world.campaign.id, { allocation: rules });
  return { ...world, ids: world.groups.map(({ id }) => id) };
}

export const join = ({ campaign, invite }: World, value: string) => {
  const identity = { type: "custom" as const, value };
  const input = { invite: invite.code, identity, acknowledged: true, answers: {}, displayName: value };
  return joinByServer(call, campaign.id, input, "en");
};
export const joined = async (world: World, value: string): Promise<Id> => {
  const { outcome, participant } = await join(world, value);
  expect(outcome).toBe("joined");
  return participant?.id as Id;
};
export const used = async (id: Id | undefined) => (await getGroup(call, id as Id)).used;
export const waiting = async ({ campaign }: World) => (await readHealth(call, campaign.id)).waiting;
export const events = async ({ campaign }: World) =>
  (await listEvents(call, campaign.id, { limit: 100 })).data;
