import { isUrl } from "../shapes.ts";
import { discord } from "./discord.ts";
import { line } from "./line.ts";
import { qq } from "./qq.ts";
import { slack } from "./slack.ts";
import { telegram } from "./telegram.ts";
import type { Carrier } from "./types.ts";
import { url } from "./url.ts";
import { wechat } from "./wechat.ts";
import { wecom } from "./wecom.ts";
import { whatsapp } from "./whatsapp.ts";

const registry = [wechat, wecom, qq, telegram, discord, whatsapp, line, slack, url] as const;

export type CarrierKind = (typeof registry)[number]["kind"];

export const CARRIER_KINDS = registry.map((carrier) => carrier.kind) as [CarrierKind, ...CarrierKind[]];

/** The carrier of a kind. */
export function carrierOf(kind: CarrierKind): Carrier {
  return registry.find((carrier) => carrier.kind === kind) as Carrier;
}

/** Whether a join link is one that this carrier hands out. */
export function isJoinUrl(kind: CarrierKind, value: string): boolean {
  const { schemes, hosts } = carrierOf(kind);
  if (!isUrl(value, schemes)) return false;
  const { protocol, hostname } = new URL(value);
  if (hosts.length === 0 || !protocol.startsWith("http")) return true;
  return hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`));
}
