import { type Api, apiWith } from "../../support/api.ts";
import { made } from "./expect.ts";

/**
 * A key of the same workspace that was looked up just now. For five seconds the host trusts it without another
 * look, so the trips of the next call are that call's own; an older key's time may run out at any moment.
 */
export async function justSeen(api: Api): Promise<Api> {
  const { key } = await made(api.post("/v1/keys", { name: "just seen", scopes: ["write"] }));
  const fresh = apiWith(key);
  await made(fresh.get("/v1/campaigns?limit=1"));
  return fresh;
}
