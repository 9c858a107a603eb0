import { type CarrierKind, carrierOf, isJoinUrl } from "../domain/carriers/index.ts";
import { renewedExpiry } from "../domain/group.ts";
import type { Id } from "../domain/id.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import { findGroup, type Group, updateGroup } from "../store/groups.ts";
import * as store from "../store/images.ts";
import { type Call, demand, fieldProblem, found, tenantOf } from "./call.ts";
import { seatsAppeared } from "./group-life.ts";
import { unknownInvite } from "./invites.ts";
import { fromDataUrl } from "./pictures/data-url.ts";
import type { Bounds, Pixels } from "./pictures/pixels.ts";
import { readPng } from "./pictures/png.ts";
import { readPicture, type Upload } from "./pictures/read.ts";
import { readQr } from "./pictures/read-qr.ts";
import { openPass } from "./seats.ts";

/** The largest logo, in bytes. */
export const MAX_LOGO_BYTES = 48 * 1024;

const LOGO: Bounds = { side: 1024, pixels: 1024 * 1024 };

/** A phone's screenshot fits. */
const GROUP_QR: Bounds = { side: 4096, pixels: 4_000_000 };

/** Keeps a community's logo. Answers the logo's size in pixels. */
export async function putLogo(
  call: Call,
  communityId: Id,
  upload: Upload,
): Promise<{ width: number; height: number }> {
  demand(call, "write", "workspace");
  const { db, now } = call.ports;
  found(await store.findLogo(db, tenantOf(call), communityId), "community");
  if (upload.bytes.length > MAX_LOGO_BYTES) {
    throw new Problem("body_too_large", `A logo has at most ${MAX_LOGO_BYTES / 1024} KB.`);
  }
  const { pixels, url } = await readPicture(upload, ["image/png"], LOGO);
  found(await store.updateLogo(db, tenantOf(call), communityId, url, now()), "community");
  return { width: pixels.width, height: pixels.height };
}

/** Takes a community's logo away. Doing so again changes nothing. */
export async function deleteLogo(call: Call, communityId: Id): Promise<void> {
  demand(call, "write", "workspace");
  const { db, now } = call.ports;
  found(await store.updateLogo(db, tenantOf(call), communityId, null, now()), "community");
}

/** A community's logo as a data URL. */
export async function getLogo(call: Call, communityId: Id): Promise<string> {
  demand(call, "read", "workspace");
  const row = found(await store.findLogo(call.ports.db, tenantOf(call), communityId), "community");
  return found(row.logo, "logo");
}

/** The logo of the community that an invite leads to, as a data URL or null; the caller may see the invite. */
export const logoOfInvite = async (
  { db }: Ports,
  by: { id: Id } | { code: string },
): Promise<string | null> => {
  const row = await store.findLogoOfInvite(db, by);
  if (row === undefined) throw unknownInvite();
  return row.logo;
};

/** The pixels of a logo as it is stored. */
export async function readLogo(url: string): Promise<Pixels> {
  const stored = fromDataUrl(url);
  if (stored === null) throw new Error("a stored logo is not a data URL");
  return (await readPng(stored.bytes, LOGO)).pixels;
}

/** A group's QR code as it is kept: the picture as a data URL, and what it says. */
export type GroupQr = { qrImage: string; qrText: string };

/**
 * Reads the picture of a group's QR code.
 * @throws Problem `qr_not_found` when there is no code in it, `qr_not_allowed` when the code leads
 * somewhere else than to the carrier, and those of `readPicture`
 */
export async function readGroupQr(carrier: CarrierKind, upload: Upload): Promise<GroupQr> {
  const { pixels, url } = await readPicture(upload, ["image/png", "image/jpeg"], GROUP_QR);
  const text = readQr(pixels);
  if (text === null)
    throw new Problem("qr_not_found", "There is no QR code in the picture that can be read.");
  if (isLink(text) && !isJoinUrl(carrier, text)) {
    throw new Problem(
      "qr_not_allowed",
      `The QR code does not lead to ${carrierOf(carrier).label.en}: it holds another kind of link.`,
    );
  }
  return { qrImage: url, qrText: text };
}

/** The same for the data URL in a body's `qrImage`, which is the field at fault; {} when it is not there. */
export async function groupQrOfBody(
  carrier: CarrierKind,
  qrImage: string | undefined,
): Promise<GroupQr | Record<string, never>> {
  if (qrImage === undefined) return {};
  const upload = fromDataUrl(qrImage);
  if (upload === null) throw fieldProblem("/qrImage", "image_invalid", "is not a picture as a data URL");
  try {
    return await readGroupQr(carrier, upload);
  } catch (error) {
    if (error instanceof Problem) throw fieldProblem("/qrImage", error.code, error.message);
    throw error;
  }
}

/** Whether a phone would open a text: it has a scheme, or looks like a host. */
const isLink = (text: string): boolean =>
  /^\s*[a-z][a-z0-9+.-]*:/i.test(text) || /^\s*[\w-]+(\.[\w-]+)+([/?#:]|\s*$)/.test(text);

/**
 * Puts a new QR code on a group. Its members and its seats stay as they are; where the carrier's codes
 * run out, the new one's time begins now.
 */
export async function putGroupQr(call: Call, id: Id, upload: Upload): Promise<Group> {
  demand(call, "write", "workspace");
  const { db, now } = call.ports;
  const group = found(await findGroup(db, tenantOf(call), id), "group");
  const qr = await readGroupQr(group.carrier, upload);
  const renewed = renewedExpiry(group.carrier, group.marginHours, now());
  const changed = found(await updateGroup(db, tenantOf(call), id, { ...qr, ...renewed }, now()), "group");
  await seatsAppeared(call, group.communityId);
  return changed;
}

/** The picture of a group's QR code, as a data URL. */
export async function getGroupQr(call: Call, id: Id): Promise<string> {
  demand(call, "read", "workspace");
  const row = found(await store.findGroupQr(call.ports.db, id, tenantOf(call)), "group");
  return found(row.qrImage, "QR image");
}

/** The QR code of the group in which the holder of a pass has a seat, as a data URL. */
export async function groupQrOfPass(ports: Ports, pass: string): Promise<string> {
  const { group } = await openPass(ports, pass);
  const row = group && (await store.findGroupQr(ports.db, group.id, null));
  return found(row?.qrImage, "QR image");
}
