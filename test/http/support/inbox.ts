import { type Answer, type Api, request } from "../../support/api.ts";
import { type Player, type Signed, type Signing, type Told } from "../../support/signing.ts";
import { made } from "./expect.ts";

let count = 0;

/** A source of a workspace, and what its provider sends there. */
export async function openSource(api: Api, player: Player, secret = player.newSecret()) {
  const { provider } = player;
  const source = await made(
    api.post("/v1/order-sources", { provider, name: provider, ...player.keys(secret) }),
  );
  const send = ({ body, headers }: Signed): Promise<Answer> =>
    request(`/hooks/${source.id}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body,
    });
  const signing = (more: Partial<Signing> = {}): Signing => ({ secret, at: Date.now(), ...more });
  return { source, secret, send, signing };
}

/** An order that nobody else tells of. */
export const newTold = (more: Partial<Told> = {}): Told => ({
  number: `N${++count}x${Math.random().toString(36).slice(2, 8)}`,
  amount: 29_900,
  event: `e${++count}`,
  ...more,
});

/** The orders of a source. */
// oxlint-disable-next-line typescript/no-explicit-any
export const ordersOf = async (api: Api, source: { id: string }): Promise<any[]> =>
  (await made(api.get(`/v1/orders?source=${source.id}`))).data;
