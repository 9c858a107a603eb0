import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/runtime/random.ts";
import { createSecrets } from "../../src/runtime/secrets.ts";
import { nodeCryptography } from "../../src/runtime/secrets-node.ts";

const SECRET = "a secret of the installation 密钥";
const NODE = createSecrets(SECRET, nodeCryptography);
const WEB = createSecrets(SECRET);

describe("secrets", () => {
  test("are the same on Node's own way and on the one of all hosts", async () => {
    for (const [purpose, text] of [
      ["pass", ""],
      ["visitor 2026-11-21", "多语言\ntext"],
      ["token:7", "x".repeat(1000)],
    ] as const) {
      expect([...(await NODE.mac(purpose, text))]).toEqual([...(await WEB.mac(purpose, text))]);
    }
    expect([...(await NODE.mac("pass", "a"))]).not.toEqual([...(await NODE.mac("display", "a"))]);
  });

  test("that one way sealed the other one opens, and nothing else does", async () => {
    const property = fc.asyncProperty(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (text, place, bits) => {
        for (const [from, to] of [
          [NODE, WEB],
          [WEB, NODE],
        ] as const) {
          const sealed = await from.seal("facts", text);
          expect(await from.seal("facts", text)).not.toBe(sealed);
          expect(await to.unseal("facts", sealed)).toBe(text);
          expect(await to.unseal("form", sealed)).toBeNull();
          const bytes = Buffer.from(sealed, "base64");
          bytes[place % bytes.length] = (bytes[place % bytes.length] as number) ^ bits;
          expect(await to.unseal("facts", bytes.toString("base64"))).toBeNull();
          expect(await to.unseal("facts", sealed.slice(0, (place % (sealed.length / 4)) * 4))).toBeNull();
        }
      },
    );
    await fc.assert(property, { numRuns: 200 });
    for (const junk of ["", "A", "AAAA", "no base64", "A".repeat(16), "A".repeat(36), "A".repeat(40)])
      for (const secrets of [NODE, WEB]) expect(await secrets.unseal("facts", junk)).toBeNull();
  });
});

describe("random bytes", () => {
  test("are of the length that was asked for, and none comes twice", () => {
    const random = createRandom();
    const seen = new Set<string>();
    for (let i = 0; i < 20_000; i++) {
      const bytes = random(10);
      expect(bytes.length).toBe(10);
      seen.add(Buffer.from(bytes).toString("hex"));
    }
    expect(seen.size).toBe(20_000);
    expect(new Set(random(5000)).size).toBe(256);
  });

  test("leave what was handed out as it was", () => {
    const random = createRandom();
    const first = random(32);
    const copy = [...first];
    for (let i = 0; i < 1000; i++) random(32);
    expect([...first]).toEqual(copy);
  });
});
