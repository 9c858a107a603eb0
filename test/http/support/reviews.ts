import { type Api, joinAtGate, mintCampaign, newIdentity, request } from "../../support/api.ts";
import { made } from "./expect.ts";

/** A campaign that a reviewer lets people into. */
export const mintReviewed = (api: Api, review: Record<string, unknown> = {}, campaign = {}) =>
  mintCampaign(api, {
    groups: [{ capacity: 100 }],
    campaign: { gate: { kind: "review", ...review }, ...campaign },
  });

/** Somebody fills in the form and waits: the path of their page, and their case. */
export async function applyTo(
  api: Api,
  world: { campaign: { id: string }; invite: { code: string } },
  identity = newIdentity(),
) {
  const { outcome, application } = await made(
    joinAtGate(world.invite.code, { identity, displayName: "Wei" }),
  );
  if (outcome !== "pending") throw new Error(`not pending: ${outcome}`);
  const path = new URL(application).pathname;
  const { id } = await pageOf(path);
  const { data } = await made(api.get(`/v1/campaigns/${world.campaign.id}/reviews?limit=100`));
  // oxlint-disable-next-line typescript/no-explicit-any
  const review = data.find((one: any) => one.applicationId === id);
  return { identity, path, applicationId: id, review };
}

/** What an application's page says. */
// oxlint-disable-next-line typescript/no-explicit-any
export const pageOf = (path: string): Promise<any> =>
  made(request(path, { headers: { Accept: "application/json" } }));

/** Sends JSON without a key. */
export const send = (path: string, body?: object) =>
  request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** Asks until the answer is as it should be: what follows from a decision comes a moment later. */
export async function until<T>(ask: () => Promise<T>, is: (value: T) => boolean, ms = 30_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await ask();
    if (is(value)) return value;
    if (Date.now() > end) throw new Error(`never came: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
