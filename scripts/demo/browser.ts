import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

/** What `GET /i/{code}` discloses, as far as the demo looks at it. */
export type Disclosure = {
  invite: { code: string };
  inviter: { displayName: string } | null;
  community: { purpose: string; organiser: { name: string } };
  campaign: { id: string };
  gate: { fields: { name: string }[] };
  seatsLeft: number;
  ticket: string;
};

/** What `POST /i/{code}` answers. */
export type JoinAnswer = {
  outcome: string;
  participant: { id: string; joinedAt: string } | null;
  group: { id: string; joinUrl: string } | null;
  invite: { code: string; url: string } | null;
  pass: string | null;
  reasons: { criterion: string; result: string }[];
};

/** What a participant's own page shows. */
export type OwnPage = {
  group: { joinUrl: string } | null;
  invite: { url: string };
  direct: number;
  team: number;
  rank: number | null;
};

/** A landing page that a phone has open. */
export type Page = { url: string; phone: string; shows: Disclosure };

/** What a person types into the form: a value for each field's name that they can answer. */
export type Typed = Record<string, string>;

/** Nobody waits longer than this for a page. */
const PATIENCE_MS = 20_000;

/** Four to five pixels a module: decodes surely, and in a fifth of a millisecond. */
const QR_SIZE = 160;

/** A refusal is wanted as JSON, to be quoted. */
const IMAGE = "image/png, application/json";

/** Loads the QR reader. zxing-wasm reads the PNG itself, about six times as fast as jsqr reads pixels. */
export async function prepareCamera(): Promise<void> {
  const file = fileURLToPath(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm"));
  const wasm = await readFile(file);
  const wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
}

/** @throws an Error that quotes an answer other than 200 */
async function fetchOk(url: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (response.status === 200) return response;
  throw new Error(`${init.method ?? "GET"} ${url}: ${response.status} ${await response.text()}`);
}

/** Looks at an invite's QR code as an image and reads the URL off it. */
async function readQr(inviteUrl: string): Promise<string> {
  const image = await fetchOk(`${inviteUrl}/qr.png?size=${QR_SIZE}`, { headers: { Accept: IMAGE } });
  const [found] = await readBarcodes(new Uint8Array(await image.arrayBuffer()), {
    formats: ["QRCode"],
    maxNumberOfSymbols: 1,
    tryInvert: false,
    tryRotate: false,
  });
  if (found === undefined) throw new Error(`no QR code is found in the image of ${inviteUrl}`);
  return found.text;
}

/** Scans somebody's QR code and opens what it says. `phone` is the browser's name for itself. */
export async function scan(inviteUrl: string, phone: string): Promise<Page> {
  const url = await readQr(inviteUrl);
  const response = await fetchOk(url, { headers: { Accept: "application/json", "User-Agent": phone } });
  return { url, phone, shows: (await response.json()) as Disclosure };
}

/** Fills in the fields that the gate asks for, as far as the person has something to say, and sends them. */
export async function fillIn({ url, phone, shows }: Page, typed: Typed): Promise<JoinAnswer> {
  const form = new URLSearchParams({ ticket: shows.ticket });
  const asked = shows.gate.fields.map(({ name }) => name);
  for (const name of [...asked, "identity.type", "identity.value", "displayName"]) {
    if (typed[name] !== undefined) form.set(name, typed[name]);
  }
  // The body is a form as a phone sends it; only the answer is wanted as JSON.
  const response = await fetchOk(url, {
    method: "POST",
    headers: { Accept: "application/json", "User-Agent": phone },
    body: form,
  });
  return (await response.json()) as JoinAnswer;
}

/** Opens a participant's own page. */
export async function openPass(url: string): Promise<OwnPage> {
  const response = await fetchOk(url, { headers: { Accept: "application/json" } });
  return (await response.json()) as OwnPage;
}
