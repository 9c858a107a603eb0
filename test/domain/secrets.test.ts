import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/runtime/random.ts";
import { createSecrets } from "../../src/runtime/secrets.ts";
import { nodeKey } from "../../src/runtime/secrets-node.ts";

describe("secrets", () => {
  test("are the same on Node's own way and on the one of all hosts", async () => {
    const secret = "a secret of the installation 密钥";
    const [node, web] = [createSecrets(secret, nodeKey), createSecrets(secret)];
    for (const [purpose, text] of [
      ["pass", ""],
      ["visitor 2026-11-21", "多语言\ntext"],
      ["token:7", "x".repeat(1000)],
    ] as const) {
      expect([...(await node.mac(purpose, text))]).toEqual([...(await web.mac(purpose, text))]);
    }
    expect([...(await node.mac("pass", "a"))]).not.toEqual([...(await node.mac("display", "a"))]);
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
