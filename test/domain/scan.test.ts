import { describe, expect, test } from "vitest";
import { dayOf, type Device, deviceOf, hourOf, kindOf, type ScanKind } from "../../src/domain/scan.ts";
import { processorTime } from "../support/cpu.ts";

const ANDROID =
  "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UD1A; wv) AppleWebKit/537.36 (KHTML, like Gecko)";
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)";
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)";

/** Browsers that people hold in their hands, many of them inside a messenger. */
const PEOPLE: Record<string, [string, Device]> = {
  "WeChat on Android": [
    `${ANDROID} Version/4.0 Chrome/126.0.6478.188 Mobile Safari/537.36 MicroMessenger/8.0.50.2701(0x28003255) NetType/4G Language/zh_CN`,
    "phone",
  ],
  "WeChat on iPhone": [`${IPHONE} Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI`, "phone"],
  "WeChat on Windows": [
    `${WINDOWS} Chrome/116.0.0.0 Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781 WindowsWechat`,
    "computer",
  ],
  WeCom: [`${IPHONE} Mobile/15E148 wxwork/4.1.22 MicroMessenger/7.0.1 Language/zh`, "phone"],
  QQ: [`${ANDROID} MQQBrowser/6.2 TBS/046 Mobile Safari/537.36 QQ/8.9.80.12440 NetType/WIFI`, "phone"],
  DingTalk: [`${IPHONE} Mobile/15E148 AliApp(DingTalk/7.5.20) com.laiwang.DingTalk/37030186`, "phone"],
  Lark: [`${MAC} Lark/7.10 Chrome/110.0 Safari/537.36 LarkLocale/zh_CN`, "computer"],
  LINE: [`${ANDROID} Version/4.0 Chrome/120.0 Mobile Safari/537.36 Line/13.20.0/IAB`, "phone"],
  HarmonyOS: [
    "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile",
    "phone",
  ],
  "Safari on iPhone": [`${IPHONE} Version/17.5 Mobile/15E148 Safari/604.1`, "phone"],
  "Chrome on a tablet": [`${ANDROID.replace("; wv", "")} Chrome/126.0.0.0 Safari/537.36`, "tablet"],
  "Safari on iPad": [
    "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 Version/12.1 Mobile/15E148 Safari/604.1",
    "tablet",
  ],
  "Firefox on Linux": ["Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "computer"],
};

/** What messengers send to see what a link is, and what walks the web. */
const MACHINES: Record<string, [string, ScanKind]> = {
  Telegram: ["TelegramBot (like TwitterBot)", "preview"],
  Slack: ["Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "preview"],
  "WhatsApp on a phone": ["WhatsApp/2.23.20.0 A", "preview"],
  "WhatsApp on a computer": ["WhatsApp/2.2413.51 W", "preview"],
  LINE: ["facebookexternalhit/1.1;line-poker/1.0", "preview"],
  DingTalk: [
    "DingTalkBot-LinkService/1.0 (+https://open-doc.dingtalk.com/document/dingtalkbot-linkservice)",
    "preview",
  ],
  Lark: [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (compatible; LarkUrl2Meta/1.0; https://www.larksuite.com)",
    "preview",
  ],
  Discord: ["Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", "preview"],
  iMessage: [`${MAC} Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0`, "preview"],
  Skype: ["Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5", "preview"],
  Google: ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"],
  curl: ["curl/8.9.1", "bot"],
  "nobody at all": ["", "bot"],
  "a blank": ["  ", "bot"],
};

const get = (userAgent: string, purposes: string[] = []) => kindOf({ method: "GET", userAgent, purposes });

describe("what came", () => {
  test.each(Object.entries(PEOPLE))("%s is a person", (_, [userAgent, device]) => {
    expect(get(userAgent)).toBe("person");
    expect(deviceOf(userAgent)).toBe(device);
  });

  test.each(Object.entries(MACHINES))("%s is no person", (_, [userAgent, kind]) => {
    expect(get(userAgent)).toBe(kind);
  });

  test.each(Object.entries(PEOPLE))(
    "a HEAD, a preview or a prefetch by %s is no person",
    (_, [userAgent]) => {
      expect(kindOf({ method: "HEAD", userAgent, purposes: [] })).toBe("preview");
      expect(get(userAgent, ["preview"])).toBe("preview");
      for (const purpose of ["prefetch", "prefetch;prerender", "Prefetch", "prefetch;anonymous-client-ip"]) {
        expect(get(userAgent, [purpose])).toBe("prefetch");
      }
      expect(get(userAgent, [""])).toBe("person");
    },
  );

  test("what is no browser of any kind is another device", () => {
    expect(deviceOf("")).toBe("other");
    expect(deviceOf("PlayStation")).toBe("other");
  });

  test("a user agent made to be slow is not", () => {
    const took = processorTime(() => {
      for (const part of ["Android ", "Mobile", "(((((", "Mozilla/5.0 "]) {
        const userAgent = part.repeat(512).slice(0, 512);
        for (let i = 0; i < 20; i++) {
          get(userAgent);
          deviceOf(userAgent);
        }
      }
    });
    expect(took).toBeLessThan(1000);
  });
});

test("hours and days are those of UTC", () => {
  const before = Date.parse("2026-11-21T23:59:59.999Z");
  expect(hourOf(before + 1) - hourOf(before)).toBe(1);
  expect(hourOf(before)).toBe(hourOf(before - 3_599_999));
  expect([dayOf(before), dayOf(before + 1)]).toEqual(["2026-11-21", "2026-11-22"]);
});
