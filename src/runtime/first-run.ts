import { networkInterfaces } from "node:os";
import { inviteQrText, inviteUrl } from "../http/links.ts";
import { encodeQr } from "../http/qr.ts";
import { makeDemo } from "../services/demo.ts";
import { bootstrap } from "../services/keys.ts";
import type { Ports } from "./ports.ts";

/** Where a phone on the same network reaches this server. */
function lanOrigin(port: number): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const lan = addresses.find(({ family, internal }) => family === "IPv4" && !internal);
  return `http://${lan?.address ?? "localhost"}:${port}`;
}

const QUIET_ZONE = 4;

/** A QR code in half blocks, black on white whatever the terminal's colours are. */
function terminalQr(text: string): string {
  const { size, dark } = encodeQr(text, "M");
  const inside = (n: number) => n >= 0 && n < size;
  const at = (row: number, column: number) => inside(row) && inside(column) && dark(row, column);
  const lines: string[] = [];
  for (let row = -QUIET_ZONE; row < size + QUIET_ZONE; row += 2) {
    let line = "";
    for (let column = -QUIET_ZONE; column < size + QUIET_ZONE; column++) {
      const [upper, lower] = [at(row, column), at(row + 1, column)];
      line += upper ? (lower ? "█" : "▀") : lower ? "▄" : " ";
    }
    lines.push(`  \u001b[30;107m${line}\u001b[0m`);
  }
  return lines.join("\n");
}

/** On an empty database: makes the first workspace and a demo campaign, and prints the way in. */
export async function firstRun(ports: Ports, port: number): Promise<void> {
  const first = await bootstrap(ports);
  if (first === null) return;
  const { key, keyId, workspaceId } = first;
  const invite = await makeDemo(ports, {
    keyId,
    workspaceId,
    scopes: ["admin"],
    campaignId: null,
    owner: true,
  });
  const origin = ports.publicUrl ?? lanOrigin(port);
  console.log(
    [
      "",
      "A new installation. The admin key is shown once, now:",
      "",
      `  ${ports.adminKey === null ? key : "(the one in QROVE_ADMIN_KEY)"}`,
      "",
      "A demo campaign is published. Scan its invite with a phone on this network:",
      "",
      terminalQr(inviteQrText(origin, invite.code)),
      `  ${inviteUrl(origin, invite.code)}`,
      "",
    ].join("\n"),
  );
}
