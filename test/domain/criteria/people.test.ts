import { describe, expect, test } from "vitest";
import type { AccessCodeFact, Facts } from "../../../src/domain/criteria/facts.ts";
import { judged, takes } from "../../support/criteria.ts";

describe("the identityKind criterion", () => {
  test("lets in the kinds that it names, and names them to others", () => {
    const gate = { kind: "identityKind", types: ["phone", "wechat"] };
    expect(judged(gate, { identityType: "wechat" })).toMatchObject({ result: "pass" });
    const refused = judged(gate, { identityType: "email" });
    expect(refused).toMatchObject({ result: "fail", code: "identity_kind_other" });
    expect(refused.remedy?.en).toBe("Come with one of these: Phone, WeChat ID.");
  });

  test.each([[[]], [["fax"]], ["phone"]])("refuses the kinds %j", (types) => {
    expect(takes({ kind: "identityKind", types })).toBe(false);
  });
});

describe("the invitedBy criterion", () => {
  const inviter = (depth: number, ...tags: string[]): Partial<Facts> => ({
    invitedBy: "member",
    inviter: { depth, tags },
  });
  const marketer: Partial<Facts> = { invitedBy: "channel", inviter: null };

  test.each<[object, Partial<Facts>, string]>([
    [{}, marketer, "member_invite_needed"],
    [{}, inviter(4), "invited"],
    [{ tag: "host" }, inviter(0, "host"), "invited"],
    [{ tag: "host" }, inviter(0, "guest"), "inviter_lacks_tag"],
    [{ tag: "host" }, marketer, "member_invite_needed"],
    [{ tag: "host", by: "anyone" }, marketer, "invited"],
    [{ tag: "host", by: "anyone" }, inviter(0), "inviter_lacks_tag"],
    [{ maxDepth: 2 }, inviter(1), "invited"],
    [{ maxDepth: 2 }, inviter(2), "too_deep"],
    [{ maxDepth: 0, by: "anyone" }, marketer, "invited"],
    [{ maxDepth: 0, by: "anyone" }, inviter(0), "too_deep"],
    [{ maxDepth: 1, tag: "host" }, inviter(1, "host"), "too_deep"],
  ])("%j of %j: %s", (config, facts, code) => {
    const judgement = judged({ kind: "invitedBy", ...config }, facts);
    expect(judgement).toMatchObject({ code, result: code === "invited" ? "pass" : "fail" });
  });

  test.each([{ by: "anyone" }, { maxDepth: 0 }, { maxDepth: -1 }, { by: "channel" }, { tag: "" }])(
    "refuses the config %j",
    (config) => {
      expect(takes({ kind: "invitedBy", ...config })).toBe(false);
    },
  );
});

describe("the list criterion", () => {
  const [ours, other] = ["ppl_00000000001", "ppl_00000000002"];

  test.each([
    ["allow", [ours], "pass", "on_list"],
    ["allow", [other], "pending", "not_on_list"],
    ["allow", [], "pending", "not_on_list"],
    ["deny", [ours, other], "fail", "denied"],
    ["deny", [other], "pass", "not_denied"],
  ])("%s, being on %j: %s, %s", (mode, lists, result, code) => {
    expect(judged({ kind: "list", list: ours, mode }, { lists })).toMatchObject({ result, code });
  });

  test.each([{ list: "cmp_00000000001" }, { list: "ppl_1" }, { mode: "maybe" }, { list: undefined }])(
    "refuses the config %j",
    (wrong) => {
      expect(takes({ kind: "list", list: ours, mode: "allow", ...wrong })).toBe(false);
    },
  );
});

describe("the newcomer criterion", () => {
  test.each([
    [null, "pass"],
    [1000, "pass"],
    [1001, "pass"],
    [999, "fail"],
  ])("first seen at %j, where the campaign began at 1000: %s", (firstSeenAt, result) => {
    const facts = { firstSeenAt, campaignBeganAt: 1000, now: 2000 };
    expect(judged({ kind: "newcomer" }, facts).result).toBe(result);
  });
});

describe("the region criterion", () => {
  const asia = { kind: "region", allow: ["CN", "JP"], field: "country" };

  test.each<[string | null, string | undefined, string]>([
    ["CN", undefined, "region_allowed"],
    ["US", "CN", "region_not_allowed"],
    [null, "jp", "region_allowed"],
    [null, "other", "region_not_allowed"],
    [null, "China", "region_not_allowed"],
    [null, undefined, "region_unknown"],
    ["T1", undefined, "region_not_allowed"],
  ])("known to be in %j, said to be in %j: %s", (country, said, code) => {
    const answers: Facts["answers"] = said === undefined ? {} : { country: said };
    expect(judged(asia, { country, answers })).toMatchObject({
      code,
      result: code === "region_allowed" ? "pass" : "fail",
    });
  });

  test("asks nobody where no field is named, and names the countries in both languages", () => {
    const { field: _, ...silent } = asia;
    expect(judged(silent, { answers: { country: "CN" } }).code).toBe("region_unknown");
    const { reason } = judged(asia, { country: "US" });
    expect(reason).toEqual({
      en: "This is for people in China, Japan.",
      "zh-CN": "仅限以下国家或地区：中国、日本。",
    });
    const wide = { kind: "region", allow: "AT BE CH DE DK ES FI FR GB".split(" ") };
    expect(judged(wide, { country: "US" }).reason.en).not.toContain("Austria");
  });

  test.each([
    { allow: [] },
    { allow: ["cn"] },
    { allow: ["CHN"] },
    { field: "a b" },
    { field: undefined, label: "x" },
  ])("refuses the config %j", (wrong) => {
    expect(takes({ ...asia, ...wrong })).toBe(false);
  });
});

describe("the accessCode criterion", () => {
  const code = (given: Partial<NonNullable<AccessCodeFact["found"]>> = {}): AccessCodeFact => ({
    found: {
      id: "acc_1",
      uses: 0,
      maxUses: 1,
      startsAt: null,
      expiresAt: null,
      revokedAt: null,
      recipientHash: null,
      role: null,
      ...given,
    },
  });
  const tagged = (...tags: string[]) => ({
    profile: { level: null, tags, attributes: {}, lastReadAt: null },
  });

  test.each<[object, Partial<Facts>, string]>([
    [{}, { accessCode: null }, "code_missing"],
    [{}, { accessCode: { found: null } }, "code_unknown"],
    [{}, { accessCode: code() }, "code_accepted"],
    [{}, { accessCode: code({ revokedAt: 1 }) }, "code_revoked"],
    [{}, { accessCode: code({ recipientHash: "h" }), identityHash: "h" }, "code_accepted"],
    [{}, { accessCode: code({ recipientHash: "h" }), identityHash: "i" }, "code_for_another"],
    [{}, { accessCode: code({ expiresAt: 5 }), now: 5 }, "code_expired"],
    [{}, { accessCode: code({ uses: 1 }) }, "code_used_up"],
    [{}, { accessCode: code({ startsAt: 5 }), now: 4 }, "code_not_started"],
    [{ role: true }, { accessCode: code({ role: "vip" }), ...tagged("vip", "x") }, "code_accepted"],
    [{ role: true }, { accessCode: code({ role: "vip" }), ...tagged("x") }, "code_for_role"],
    [{ role: true }, { accessCode: code({ role: "vip" }) }, "code_for_role"],
    [{ role: true }, { accessCode: code() }, "code_accepted"],
    // A gate that reads no profiles cannot know who has a role.
    [{}, { accessCode: code({ role: "vip" }), ...tagged("vip") }, "code_for_role"],
  ])("%j, %j: %s", (config, facts, expected) => {
    const judgement = judged({ kind: "accessCode", ...config }, facts);
    expect(judgement.code).toBe(expected);
    expect(judgement.spend).toEqual(expected === "code_accepted" ? { accessCode: "acc_1" } : undefined);
  });
});
