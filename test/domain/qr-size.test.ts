import QRCode from "qrcode";
import { expect, test } from "vitest";
import { CODE_LENGTH } from "../../src/domain/invite.ts";
import { formatToken, MAC_LENGTH, TAG_LENGTH, TOKEN_LENGTH } from "../../src/domain/token.ts";
import { inviteQrText } from "../../src/http/links.ts";

const TOKEN = formatToken({
  version: 31,
  step: 2 ** 20 - 1,
  workspaceTag: "z".repeat(TAG_LENGTH),
  inviteTag: "z".repeat(TAG_LENGTH),
  mac: "z".repeat(MAC_LENGTH),
});
const CODE = "w".repeat(CODE_LENGTH);

const drawn = (origin: string) =>
  QRCode.create(inviteQrText(origin, CODE, TOKEN), { errorCorrectionLevel: "M" });

const hostOf = (length: number): string => `https://${"q".repeat(length - 8)}.example`;

test("a token has its 22 characters, 65 bits of them keyed hash", () => {
  expect(TOKEN).toHaveLength(TOKEN_LENGTH);
  expect(TOKEN_LENGTH).toBe(22);
  expect(MAC_LENGTH * 5).toBeGreaterThanOrEqual(64);
});

test("the whole rotating URL of a typical host is alphanumeric, and fits QR version 3 at level M", () => {
  const code = drawn("https://qr.example.com");
  expect(code.version).toBe(3);
  expect(code.segments.map(({ mode }) => (mode as { id: string }).id)).toEqual(["Alphanumeric"]);
});

test.each([
  [16, 3],
  [17, 4],
  [45, 4],
])("with a host of %i characters it fits version %i", (length, version) => {
  expect(drawn(hostOf(length)).version).toBe(version);
});

test("a path before it is case-sensitive, so the text stays as it is and the code is larger", () => {
  const text = inviteQrText("https://qr.example.com/q", CODE, TOKEN);
  expect(text).toBe(`https://qr.example.com/q/i/${CODE}/${TOKEN}`);
  expect(drawn("https://qr.example.com/q").version).toBeGreaterThan(3);
});
