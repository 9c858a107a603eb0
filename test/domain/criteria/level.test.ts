import { describe, expect, test } from "vitest";
import { judged, takes } from "../../support/criteria.ts";

const profile = (level: number | null) => ({
  profile: { level, tags: [], attributes: {}, lastReadAt: null },
});

describe("the level criterion", () => {
  test.each([
    ["level_unknown", {}, "pending"],
    ["level_unknown", profile(null), "pending"],
    ["level_too_low", profile(0), "pending"],
    ["level_too_low", profile(2), "pending"],
    ["level_reached", profile(3), "pass"],
    ["level_reached", profile(99), "pass"],
  ])("%s of %j: %s", (code, facts, result) => {
    expect(judged({ kind: "level", min: 3 }, facts)).toMatchObject({ result, code });
  });

  test("waits for a rise that needs nothing of the person", () => {
    const judgement = judged({ kind: "level", min: 3 }, profile(2));
    expect(judgement.next).toEqual({ kind: "wait", until: null });
    expect(judgement.reason.en).toBe("Level 3 is needed; you have level 2.");
  });

  test.each([0, -1, 1.5, "3", 1_000_001, undefined])("refuses the config min: %j", (min) => {
    expect(takes({ kind: "level", min })).toBe(false);
  });
});
