import { describe, expect, test } from "vitest";
import { judged, takes } from "../../support/criteria.ts";
import { processorTime } from "../../support/cpu.ts";

const school = { kind: "emailDomain", allow: ["*.edu.cn", "mit.edu", "大学.中国"], deny: ["bad.edu.cn"] };
const judge = (config: object, domain: string | null) =>
  judged({ kind: "emailDomain", ...config }, { emailDomain: domain }).code;

describe("the emailDomain criterion", () => {
  test.each([
    ["pku.edu.cn", "email_domain_fits"],
    ["cs.pku.edu.cn", "email_domain_fits"],
    ["edu.cn", "email_domain_refused"],
    ["fakeedu.cn", "email_domain_refused"],
    ["edu.cn.evil.com", "email_domain_refused"],
    ["mit.edu", "email_domain_fits"],
    ["csail.mit.edu", "email_domain_refused"],
    ["bad.edu.cn", "email_domain_refused"],
    ["very.bad.edu.cn", "email_domain_fits"],
    ["大学.中国", "email_domain_fits"],
    ["xn--pss25c.xn--fiqs8s", "email_domain_fits"],
    ["[127.0.0.1]", "email_domain_refused"],
    [null, "email_needed"],
  ])("of the schools that it names, %s: %s", (domain, code) => {
    expect(judge(school, domain)).toBe(code);
  });

  test.each([
    ["mailinator.com", "email_disposable"],
    ["sub.mailinator.com", "email_disposable"],
    ["mailinator.com.example.org", "email_domain_fits"],
    ["gmail.com", "email_domain_fits"],
    ["qq.com", "email_domain_fits"],
  ])("of those that are thrown away, %s: %s", (domain, code) => {
    expect(judge({}, domain)).toBe(code);
    expect(judge({ disposable: true, deny: ["x.com"] }, domain)).toBe("email_domain_fits");
  });

  test("asks for each domain in no time, however long it is", () => {
    const took = processorTime(() => {
      for (let i = 0; i < 1000; i++) judge({}, `${"a.".repeat(120)}com`);
    });
    expect(took).toBeLessThan(1000);
  });

  test.each([
    { allow: [] },
    { allow: ["*"] },
    { allow: ["*.*.cn"] },
    { allow: ["a b.com"] },
    { allow: ["https://mit.edu"] },
    { allow: ["me@mit.edu"] },
    { deny: ["mit.edu/x"] },
    { disposable: true },
  ])("refuses the config %j", (config) => {
    expect(takes({ kind: "emailDomain", ...config })).toBe(false);
  });
});
