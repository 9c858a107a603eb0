// The Worker on this machine, on a local D1 database: migrated, seeded on its first run, and served.
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { DEMO } from "../src/services/demo.ts";

const PORT = process.env["PORT"] ?? "8788";
const origin = `http://localhost:${PORT}`;
const VARS = ".dev.vars";

// wrangler reads .dev.vars; it is not under version control.
if (!existsSync(VARS)) {
  const secret = (length: number) => randomBytes(length).toString("hex");
  writeFileSync(VARS, `QROVE_SECRET=${secret(32)}\nQROVE_ADMIN_KEY=${secret(20)}\n`, { mode: 0o600 });
}
const key = /^QROVE_ADMIN_KEY=(.+)$/m.exec(readFileSync(VARS, "utf8"))?.[1];
if (key === undefined) throw new Error(`${VARS} has no QROVE_ADMIN_KEY`);

const migrated = spawnSync("wrangler", ["d1", "migrations", "apply", "DB", "--local"], { stdio: "inherit" });
if (migrated.status !== 0) process.exit(migrated.status ?? 1);

const server = spawn("wrangler", ["dev", "--port", PORT], { stdio: ["ignore", "inherit", "inherit"] });
server.once("exit", (code) => process.exit(code ?? 1));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => server.kill(signal));

for (let tries = 0; tries < 120; tries++) {
  const up = await fetch(`${origin}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
  if (up) break;
  await new Promise((resolve) => setTimeout(resolve, 500));
}

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(`${origin}/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as { id: string; url: string; data: unknown[] };
}

const { data } = await call("GET", "/campaigns");
if (data.length === 0) {
  const community = await call("POST", "/communities", DEMO.community);
  for (const group of DEMO.groups) await call("POST", `/communities/${community.id}/groups`, group);
  const campaign = await call("POST", "/campaigns", { ...DEMO.campaign, communityId: community.id });
  await call("POST", `/campaigns/${campaign.id}/publish`, {});
  const invite = await call("POST", `/campaigns/${campaign.id}/invites`, DEMO.invite);
  console.log(`\nA demo campaign is published. Its first invite: ${invite.url}`);
}
console.log(`Qrove listens on ${origin} (workerd and D1). The admin key is in ${VARS}.`);
