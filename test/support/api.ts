import { inject } from "vitest";
import { TEST_ENV } from "./hosts/host.ts";

/** A decoded answer. `json` is loosely typed on purpose: tests read what the API really sent. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Answer = { status: number; headers: Headers; json: any; text: string };

/** One HTTP request to the host under test. */
export async function request(
  path: string,
  init: RequestInit = {},
  base = inject("baseUrl"),
): Promise<Answer> {
  const response = await fetch(`${base}${path}`, { redirect: "manual", ...init });
  const text = await response.text();
  // JSON lines are not JSON.
  const isJson = /[/+]json\b/.test(response.headers.get("Content-Type") ?? "");
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

/** The API with one key. */
export function apiWith(key: string, base?: string) {
  const send =
    (method: string) =>
    (path: string, body?: unknown, headers: Record<string, string> = {}) =>
      request(
        path,
        {
          method,
          headers: {
            Authorization: `Bearer ${key}`,
            ...(body === undefined ? {} : { "Content-Type": "application/json" }),
            ...headers,
          },
          ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
        },
        base,
      );
  return {
    key,
    get: send("GET"),
    post: send("POST"),
    put: send("PUT"),
    patch: send("PATCH"),
    delete: send("DELETE"),
  };
}

export type Api = ReturnType<typeof apiWith>;

/** The API as the installation's owner. */
export const ownerApi = (base?: string): Api => apiWith(TEST_ENV.QROVE_ADMIN_KEY, base);

/** A workspace of the test's own, so that tests never meet. */
export async function mintWorkspace(base?: string): Promise<Api> {
  const made = await ownerApi(base).post("/v1/workspaces", { name: "test" });
  if (made.status !== 201) throw new Error(`no workspace: ${made.text}`);
  return apiWith(made.json.key, base);
}

export const COMMUNITY = {
  name: "Night Runners",
  purpose: "We run together on Thursdays.",
  organiser: { name: "Lin" },
  commercialIntent: "none",
};

type Options = {
  groups?: { capacity?: number; priority?: number; [field: string]: unknown }[];
  campaign?: Record<string, unknown>;
  invite?: Record<string, unknown>;
  publish?: boolean;
};

let counter = 0;

/** A published campaign with its community, groups and a channel invite. */
// oxlint-disable-next-line typescript/no-explicit-any
export async function mintCampaign(api: Api, options: Options = {}): Promise<any> {
  const must = async (answer: Promise<Answer>) => {
    const { status, json, text } = await answer;
    if (status >= 300) throw new Error(`${status}: ${text}`);
    return json;
  };
  const community = await must(api.post("/v1/communities", COMMUNITY));
  const groups = [];
  for (const [i, group] of (options.groups ?? [{ capacity: 10 }]).entries()) {
    const body = {
      name: `Group ${i + 1}`,
      carrier: "url",
      joinUrl: `https://example.com/${i + 1}`,
      ...group,
    };
    groups.push(await must(api.post(`/v1/communities/${community.id}/groups`, body)));
  }
  const campaign = await must(
    api.post("/v1/campaigns", {
      communityId: community.id,
      name: "Spring",
      type: "event",
      ...options.campaign,
    }),
  );
  if (options.publish !== false) await must(api.post(`/v1/campaigns/${campaign.id}/publish`));
  const invite = await must(
    api.post(`/v1/campaigns/${campaign.id}/invites`, { channel: "poster", ...options.invite }),
  );
  return { community, groups, campaign, invite };
}

/** An identity that nobody else uses. */
export const newIdentity = () => ({
  type: "email",
  value: `person${++counter}.${Math.random()}@example.com`,
});

/** Brings a prospect as a trusted server. */
export const joinBy = (
  api: Api,
  campaignId: string,
  invite: string,
  identity: unknown = newIdentity(),
  more: Record<string, unknown> = {},
) => api.post(`/v1/campaigns/${campaignId}/joins`, { invite, identity, acknowledged: true, ...more });

/** Fills in the public gate as JSON. */
export const joinAtGate = (
  code: string,
  body: Record<string, unknown>,
  headers: Record<string, string> = {},
  base?: string,
) =>
  request(
    `/i/${code}`,
    {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", ...headers },
      body: JSON.stringify({ acknowledged: true, ...body }),
    },
    base,
  );
