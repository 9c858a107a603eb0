import { z } from "zod";
import { CARRIER_KINDS, carrierOf, type CarrierKind, isJoinUrl } from "./carriers/index.ts";
import { instant, line } from "./shapes.ts";

export const GROUP_STATES = ["open", "paused", "closed", "merged"] as const;
export type GroupState = (typeof GROUP_STATES)[number];

const HOUR = 3_600_000;

/** What may be said of one group, and of many at once. */
export const groupSettings = {
  capacity: z.int().min(1).max(10_000_000).optional(),
  expiresAt: instant.nullish(),
  marginHours: z
    .int()
    .min(0)
    .max(24 * 30)
    .optional(),
  priority: z.int().min(-1000).max(1000).optional(),
  weight: z.int().min(0).max(1000).optional(),
};

const fields = {
  name: line(120),
  joinUrl: line(2048).optional(),
  qrImage: z
    .string()
    .max(64 * 1024)
    .regex(/^data:[a-z]+\/[a-z0-9.+-]+;base64,/, "is not a picture as a data URL")
    .optional(),
  ...groupSettings,
};

type Checked = { carrier: CarrierKind; joinUrl?: string | undefined; capacity?: number | undefined };

/** What the carrier has to say against a group's link and capacity. */
export function carrierErrors({ carrier, joinUrl, capacity }: Checked): { path: string; message: string }[] {
  const found: { path: string; message: string }[] = [];
  const { maxCapacity, label } = carrierOf(carrier);
  if (typeof joinUrl === "string" && !isJoinUrl(carrier, joinUrl)) {
    found.push({ path: "joinUrl", message: `is not a ${label.en} join link` });
  }
  if (capacity !== undefined && capacity > maxCapacity) {
    found.push({ path: "capacity", message: `is above the ${maxCapacity} that ${label.en} allows` });
  }
  return found;
}

/** Beside every other fault, not after them: as soon as the carrier is known. */
const TOGETHER = {
  when: ({ value }: { value: unknown }) =>
    CARRIER_KINDS.includes((value as { carrier?: CarrierKind } | null)?.carrier as CarrierKind),
};

export const groupInput = z
  .strictObject({ ...fields, carrier: z.enum(CARRIER_KINDS) })
  .superRefine((group, context) => {
    for (const { path, message } of carrierErrors(group)) {
      context.addIssue({ code: "custom", path: [path], message });
    }
    if (group.joinUrl === undefined && group.qrImage === undefined) {
      const message = "is required, unless qrImage is given";
      context.addIssue({ code: "custom", path: ["joinUrl"], message });
    }
  }, TOGETHER);
export type GroupInput = z.output<typeof groupInput>;

/** A group is merged by its own endpoint, which moves its people. */
const settableState = z.enum(GROUP_STATES).exclude(["merged"]);

export const groupPatch = z.strictObject({ ...fields, state: settableState }).partial();
export type GroupPatch = z.output<typeof groupPatch>;

/** The instant from which a group takes nobody: its expiry less the margin. */
export const retiresAt = (expiresAt: number | null, marginHours: number): number | null =>
  expiresAt === null ? null : expiresAt - marginHours * HOUR;

/** The life of a code that begins at `now`; nothing where the carrier's codes do not run out. */
export function renewedExpiry(carrier: CarrierKind, marginHours: number, now: number) {
  const { linkDays } = carrierOf(carrier);
  if (linkDays === null) return {};
  const expiresAt = now + linkDays * 24 * HOUR;
  return { expiresAt, retiresAt: retiresAt(expiresAt, marginHours) };
}

/** A new group's settings with the carrier's defaults filled in. */
export function withCarrierDefaults(input: GroupInput, now: number) {
  const carrier = carrierOf(input.carrier);
  const lives = carrier.linkDays === null ? null : now + carrier.linkDays * 24 * HOUR;
  const expiresAt = input.expiresAt === undefined ? lives : input.expiresAt;
  const marginHours = input.marginHours ?? carrier.defaultMarginHours;
  return {
    name: input.name,
    carrier: input.carrier,
    joinUrl: input.joinUrl ?? null,
    capacity: input.capacity ?? carrier.defaultCapacity,
    priority: input.priority ?? 0,
    weight: input.weight ?? 1,
    expiresAt,
    marginHours,
    retiresAt: retiresAt(expiresAt, marginHours),
    state: "open" as GroupState,
  };
}
