import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { posterEnd, posterQuery, xmlText } from "../../src/domain/poster.ts";
import { contrast, levelOf, MAX_LOGO_AREA, plateSide, qrQuery } from "../../src/domain/qr.ts";
import { wrapText } from "../../src/domain/wrap.ts";

const bare = (text: string) => text.replace(/\s+/g, "");
const words = fc
  .array(
    fc.constantFrom("run", "together", "每周四", "跑步，", "（一起）", "！", " ", "\n", "WWW", "a-b", "😀"),
    {
      maxLength: 40,
    },
  )
  .map((parts) => parts.join(""));

describe("text on a poster", () => {
  test("breaks at spaces in Latin, and between letters in Chinese but before no closing mark", () => {
    expect(wrapText("We run together on Thursdays.", 8, 9)).toEqual(["We run together", "on Thursdays."]);
    expect(wrapText("每周四一起跑步，欢迎新朋友。", 7, 9)).toEqual(["每周四一起跑", "步，欢迎新朋", "友。"]);
    expect(wrapText("我们（跑步）去", 3, 9).join("|")).not.toMatch(/（\||\|）/);
  });

  test("is cut with an ellipsis when it does not fit, and fills its last line before", () => {
    expect(wrapText("一二三四五六七八九十", 3, 2)).toEqual(["一二三", "四五…"]);
    expect(wrapText("a bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", 6, 1)).toEqual(["a bbbbbbb…"]);
    expect(wrapText("", 6, 2)).toEqual([]);
    expect(wrapText("😀".repeat(5), 3, 1)).toEqual(["😀😀…"]);
  });

  test("loses nothing, changes no order, and keeps to its lines", () => {
    fc.assert(
      fc.property(
        words,
        fc.integer({ min: 3, max: 20 }),
        fc.integer({ min: 1, max: 6 }),
        (text, width, most) => {
          const lines = wrapText(text, width, most);
          expect(lines.length).toBeLessThanOrEqual(most);
          const whole = wrapText(text, width, 1000);
          expect(bare(whole.join(""))).toBe(bare(text));
          if (whole.length <= most) expect(lines).toEqual(whole);
          else {
            expect(lines.at(-1)).toMatch(/…$/);
            expect(bare(text).startsWith(bare(lines.join("")).slice(0, -1))).toBe(true);
          }
          for (const line of lines) {
            expect(line).toBe(line.trim());
            // A Chinese letter is one em wide, so no line has more of them than that.
            expect((line.match(/\p{Script=Han}/gu) ?? []).length).toBeLessThanOrEqual(width);
          }
        },
      ),
    );
  });

  test("holds nothing that XML cannot, and nothing that turns a line around", () => {
    expect(xmlText("a\u0000\u0008\ufffe\uffff\u202e\u2066b\ud800 中😀")).toBe("ab 中😀");
  });
});

describe("a style", () => {
  test("gives a logo an odd plate within its area, and the largest one", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: MAX_LOGO_AREA }),
        (version, area) => {
          const modules = 17 + 4 * version;
          const plate = plateSide(modules, area);
          expect(plate % 2).toBe(1);
          expect(plate ** 2 * 100).toBeLessThanOrEqual(area * modules ** 2);
          expect((plate + 2) ** 2 * 100).toBeGreaterThan(area * modules ** 2);
        },
      ),
    );
  });

  test("has level M by itself and H with a logo, and takes no other with one", () => {
    expect(levelOf(qrQuery.parse({}))).toBe("M");
    expect(levelOf(qrQuery.parse({ level: "L" }))).toBe("L");
    expect(levelOf(qrQuery.parse({ logo: "1" }))).toBe("H");
    for (const query of [qrQuery, posterQuery]) {
      expect(query.safeParse({ logo: "1", level: "H" }).success).toBe(true);
      expect(query.safeParse({ logo: "1", level: "Q" }).success).toBe(false);
    }
  });

  test("takes colours just when the dark one is darker, by four to one", () => {
    const hex = fc.stringMatching(/^[0-9a-f]{6}$/);
    fc.assert(
      fc.property(hex, hex, (dark, light) => {
        const taken = qrQuery.safeParse({ dark, light }).success;
        if (contrast(dark, light) < 4) expect(taken).toBe(false);
        if (taken) expect(qrQuery.safeParse({ dark: light, light: dark }).success).toBe(false);
        if (contrast(dark, light) >= 4) {
          expect(taken !== qrQuery.safeParse({ dark: light, light: dark }).success).toBe(true);
        }
      }),
    );
  });

  test("of a poster ends when the first of invite and campaign does", () => {
    expect(posterEnd(null, null)).toBe(null);
    expect(posterEnd(5, null)).toBe(5);
    expect(posterEnd(null, 7)).toBe(7);
    expect(posterEnd(5, 7)).toBe(5);
  });
});
