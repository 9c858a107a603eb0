import { describe, expect, test } from "vitest";
import type { ReviewFact } from "../../../src/domain/criteria/facts.ts";
import { judged, takes } from "../../support/criteria.ts";

const HOUR = 3_600_000;
const NOW = 1000 * HOUR;
const REVIEW = { kind: "review", reapplyLimit: 2, reapplyAfterHours: 24 };

const caseOf = (given: Partial<ReviewFact> = {}) => ({
  now: NOW,
  reviews: [{ queue: "default", state: "open" as const, tries: 1, decidedAt: null, reason: null, ...given }],
});
const rejected = (given: Partial<ReviewFact> = {}) =>
  caseOf({ state: "rejected", decidedAt: NOW - 24 * HOUR, ...given });

describe("the review criterion", () => {
  test.each<[string, object, string]>([
    ["review_needed", {}, "pending"],
    ["review_needed", caseOf({ queue: "board", state: "approved" }), "pending"],
    ["review_open", caseOf(), "pending"],
    ["review_open", caseOf({ tries: 99 }), "pending"],
    ["review_approved", caseOf({ state: "approved", decidedAt: NOW }), "pass"],
    ["review_approved", caseOf({ state: "approved", decidedAt: 0, tries: 3 }), "pass"],
    ["review_again", rejected(), "pending"],
    ["review_again", rejected({ tries: 2 }), "pending"],
    ["review_rejected", rejected({ tries: 3 }), "fail"],
    ["review_rejected", rejected({ decidedAt: NOW - 24 * HOUR + 1 }), "fail"],
    ["review_rejected", rejected({ decidedAt: NOW }), "fail"],
  ])("%s of %j: %s", (code, facts, result) => {
    expect(judged(REVIEW, facts)).toMatchObject({ result, code });
  });

  test("looks at the case of its own queue", () => {
    const board = { ...REVIEW, queue: "board" };
    expect(judged(board, caseOf({ queue: "board", state: "approved" })).code).toBe("review_approved");
    expect(judged(board, caseOf({ state: "approved" })).code).toBe("review_needed");
    expect(judged(board).next).toEqual({ kind: "review", queue: "board" });
  });

  test("says why, and from when on one may apply again; at the last rejection nothing helps", () => {
    const early = judged(REVIEW, rejected({ decidedAt: NOW - HOUR, reason: "Too short." }));
    expect(early.reason.en).toBe("The organiser did not approve you. Too short.");
    expect(early.reason["zh-CN"]).toContain("Too short.");
    expect(early.remedy?.en).toBe("You may apply again in 23 h.");
    expect(early.next).toBeUndefined();
    expect(judged(REVIEW, rejected()).next).toEqual({ kind: "review", queue: "default" });
    expect(judged(REVIEW, rejected({ tries: 3 })).remedy).toBeNull();
    expect(judged({ ...REVIEW, reapplyLimit: 0 }, rejected()).remedy).toBeNull();
    expect(judged({ ...REVIEW, reapplyAfterHours: 0 }, rejected({ decidedAt: NOW })).code).toBe(
      "review_again",
    );
  });

  test("uses nothing up, and is not judged again by the clock: the decision itself does that", () => {
    for (const facts of [{}, caseOf(), rejected(), caseOf({ state: "approved" })]) {
      const { spend, again } = judged(REVIEW, facts);
      expect([spend, again]).toEqual([undefined, undefined]);
    }
  });

  test.each<[string, object, boolean]>([
    ["nothing", {}, true],
    ["a queue", { queue: "board-2" }, true],
    ["a queue in capitals", { queue: "Board" }, false],
    ["an empty queue", { queue: "" }, false],
    ["a long queue", { queue: "a".repeat(41) }, false],
    ["no second try", { reapplyLimit: 0 }, true],
    ["less than none", { reapplyLimit: -1 }, false],
    ["half a try", { reapplyLimit: 1.5 }, false],
    ["too many", { reapplyLimit: 21 }, false],
    ["ninety days", { reapplyAfterHours: 2160 }, true],
    ["more", { reapplyAfterHours: 2161 }, false],
    ["a re-check", { recheck: true }, false],
    ["something unknown", { reviewer: "me" }, false],
  ])("takes a config with %s: %j %s", (_, given, is) => {
    expect(takes({ kind: "review", ...given })).toBe(is);
  });
});
