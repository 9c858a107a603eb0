import { setTimeout } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinBy, mintWorkspace, newIdentity } from "../support/api.ts";
import { daysAgo, joined, joinOn, mintDoors, person, phone, RULES, visit } from "./support/attribution.ts";
import { Browser, filledIn, tagsOf, textOf } from "./support/browser.ts";
import { expectProblem, made } from "./support/expect.ts";
import { justSeen } from "./support/keys.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

describe("who is credited, by what the browser has seen", () => {
  test("the last of the invites that were opened, and all of them are kept", async () => {
    const { poster, radio, lin } = await mintDoors(api, RULES.last);
    const browser = phone();
    for (const code of [poster.code, radio.code]) await visit(browser, code);
    const ticket = await visit(browser, lin.invite.code);
    const answer = await joinOn(browser, lin.invite.code, { ticket });
    expect(answer.json.outcome).toBe("joined");
    expect(Number(answer.headers.get("X-Round-Trips"))).toBe(2);
    const { inviterId, invitedVia, credit } = await person(api, answer.json.participant.id);
    expect(inviterId).toBe(lin.participant.id);
    expect(invitedVia).toBe(lin.invite.id);
    expect(credit).toMatchObject({ inviteId: lin.invite.id, refusal: null });
    const touches = credit.touches.map(({ inviteId, how }: { inviteId: string; how: string }) => [
      inviteId,
      how,
    ]);
    expect(touches).toEqual([poster, radio, lin.invite].map(({ id }) => [id, "link"]));
    for (const { at } of credit.touches) expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000);
  });

  test("the first, where the campaign says so; the seat's use is the door's", async () => {
    const { poster, radio, lin } = await mintDoors(api, RULES.first);
    const browser = phone();
    for (const code of [lin.invite.code, poster.code]) await visit(browser, code);
    const answer = await joinOn(browser, radio.code, { ticket: await visit(browser, radio.code) });
    const { inviterId, invitedVia, credit, depth } = await person(api, answer.json.participant.id);
    expect(answer.json.participant).toMatchObject({ inviterId: lin.participant.id, depth: 1 });
    expect({ inviterId, invitedVia, depth }).toEqual({
      inviterId: lin.participant.id,
      invitedVia: radio.id,
      depth: 1,
    });
    expect(credit.inviteId).toBe(lin.invite.id);
    expect((await made(api.get(`/v1/invites/${radio.id}`))).uses).toBe(1);
    expect((await made(api.get(`/v1/invites/${lin.invite.id}`))).uses).toBe(0);
  });

  test("an older page that is sent late is not the last one that was opened", async () => {
    const { poster, radio } = await mintDoors(api, RULES.last);
    const browser = phone();
    const ticket = await visit(browser, poster.code);
    // Arrivals are kept by the second.
    await setTimeout(1100);
    await visit(browser, radio.code);
    const answer = await joinOn(browser, poster.code, { ticket });
    expect((await person(api, answer.json.participant.id)).credit.inviteId).toBe(radio.id);
  });

  test("nothing is kept of a person who came by one invite only", async () => {
    const { poster } = await mintDoors(api, RULES.first);
    const browser = phone();
    const ticket = await visit(browser, poster.code);
    expect(browser.cookies.size).toBe(1);
    const answer = await joinOn(browser, poster.code, { ticket });
    expect((await person(api, answer.json.participant.id)).credit).toEqual({
      inviteId: poster.id,
      refusal: null,
      touches: [],
    });
  });

  test("once somebody is in, the next person at this browser starts anew", async () => {
    const { poster, radio, campaign } = await mintDoors(api, RULES.first);
    const browser = phone();
    await visit(browser, radio.code);
    const trail = `qrove_t${campaign.id.slice(4)}`;
    expect([...browser.cookies.keys()]).toEqual([trail]);
    await joinOn(browser, poster.code);
    expect(browser.cookies.has(trail)).toBe(false);
    const second = await joinOn(browser, poster.code);
    expect(second.json.outcome).toBe("joined");
    expect((await person(api, second.json.participant.id)).credit).toMatchObject({
      inviteId: poster.id,
      touches: [],
    });
  });

  test("whoever waits for a seat is credited as they were when they came", async () => {
    const { campaign, groups, poster, radio, lin } = await mintDoors(api, RULES.first);
    await made(api.patch(`/v1/groups/${groups[0].id}`, { capacity: 1 }));
    const browser = phone();
    for (const code of [lin.invite.code, radio.code]) await visit(browser, code);
    const identity = newIdentity();
    const waiting = await joinOn(browser, poster.code, { identity });
    expect(waiting.json.outcome).toBe("waitlisted");
    await made(api.patch(`/v1/groups/${groups[0].id}`, { capacity: 5 }));
    const answer = await made(joinBy(api, campaign.id, poster.code, identity));
    expect(answer.participant.inviterId).toBe(lin.participant.id);
    const { credit } = await person(api, answer.participant.id);
    expect(credit.touches).toHaveLength(3);
  });
});

describe("what a trusted server saw", () => {
  const trail = [
    ["radio", 40],
    ["lin", 20],
    ["poster", 2],
  ] as const;

  test.each([
    ["first_touch", 30, "lin"],
    ["first_touch", 60, "radio"],
    ["first_touch", 10, "poster"],
    ["first_touch", 1, "door"],
    ["last_touch", 30, "door"],
  ] as const)("%s within %i days is %s", async (model, windowDays, expected) => {
    const { campaign, path, ...doors } = await mintDoors(api, { model, windowDays });
    const door = await made(api.post(`${path}/invites`, { channel: "door" }));
    const invites = { radio: doors.radio, lin: doors.lin.invite, poster: doors.poster, door };
    // In any order: what counts is when it was.
    const touches = trail
      .map(([name, days]) => ({ invite: invites[name].code, at: daysAgo(days) }))
      .reverse();
    const answer = await joinBy(await justSeen(api), campaign.id, door.code, newIdentity(), { touches });
    expect(Number(answer.headers.get("X-Round-Trips"))).toBeLessThanOrEqual(3);
    const { credit, inviterId } = await person(api, answer.json.participant.id);
    expect(credit.inviteId).toBe(invites[expected].id);
    expect(inviterId).toBe(expected === "lin" ? doors.lin.participant.id : null);
    expect(credit.touches.map((touch: { inviteId: string }) => touch.inviteId)).toEqual([
      ...trail.map(([name]) => invites[name].id),
      door.id,
    ]);
  });

  test("a code that it had then leads to the invite, and every wrong entry is named", async () => {
    const { campaign, path, poster, radio, lin } = await mintDoors(api, RULES.first);
    const foreign = await mintDoors(api);
    const old = radio.code;
    await made(api.post(`/v1/invites/${radio.id}/replace`));
    const good = await joined(api, campaign.id, poster.code, { touches: [{ invite: old, at: daysAgo(1) }] });
    expect((await person(api, good.participant.id)).credit.inviteId).toBe(radio.id);

    const wrong = await joinBy(api, campaign.id, poster.code, newIdentity(), {
      touches: [
        { invite: foreign.radio.code, at: daysAgo(1) },
        { invite: lin.invite.code, at: daysAgo(-1) },
        { invite: "no such code", at: daysAgo(1) },
      ],
    });
    expectProblem(wrong, 400, "invalid_request", "/touches/0/invite", "/touches/1/at", "/touches/2/invite");
    expect(wrong.json.errors).toHaveLength(3);
    const many = Array.from({ length: 21 }, () => ({ invite: radio.code, at: daysAgo(1) }));
    const over = await joinBy(api, campaign.id, poster.code, newIdentity(), { touches: many });
    expectProblem(over, 400, "invalid_request", "/touches");
    expect((await made(api.get(`${path}/participants`))).data).toHaveLength(2);
  });
});

describe("a code that the person names", () => {
  test("wins over every link, at both doors, typed or pasted as a link", async () => {
    const { campaign, poster, radio, lin } = await mintDoors(api, RULES.last);
    const browser = phone();
    for (const code of [radio.code, poster.code]) await visit(browser, code);
    const inviteCode = ` ${lin.invite.code.toUpperCase().replace(/(.{4})/g, "$1 ")}`;
    const atGate = await joinOn(browser, poster.code, { inviteCode });
    const link = `https://example.com/I/${lin.invite.code.toUpperCase()}?from=chat`;
    const byServer = await joined(api, campaign.id, poster.code, { inviteCode: link });
    for (const id of [atGate.json.participant.id, byServer.participant.id]) {
      const { credit, inviterId, invitedVia } = await person(api, id);
      expect({ inviterId, invitedVia }).toEqual({ inviterId: lin.participant.id, invitedVia: poster.id });
      expect(credit.inviteId).toBe(lin.invite.id);
      expect(credit.touches.at(-1)).toMatchObject({ inviteId: lin.invite.id, how: "typed" });
    }
    expect(Number(atGate.headers.get("X-Round-Trips"))).toBe(2);
  });

  test("no open invite of the campaign: the field is at fault, and nobody is let in", async () => {
    const { path, campaign, poster, radio, lin } = await mintDoors(api);
    const foreign = await mintDoors(api);
    const replaced = radio.code;
    await made(api.post(`/v1/invites/${radio.id}/replace`));
    const revoked = await made(api.post(`${path}/invites`, { channel: "gone" }));
    await made(api.post(`/v1/invites/${revoked.id}/revoke`));
    for (const inviteCode of ["nobody", "22222222222", foreign.lin.invite.code, replaced, revoked.code]) {
      for (const answer of [
        await joinOn(phone(), poster.code, { inviteCode }),
        await joinBy(api, campaign.id, poster.code, newIdentity(), { inviteCode }),
      ]) {
        expectProblem(answer, 400, "invalid_request", "/inviteCode");
        expect(answer.json.errors[0].code).toBe("unknown_invite_code");
      }
    }
    expect((await made(api.get(`${path}/participants`))).data).toHaveLength(1);
    const late = await joinOn(phone(), poster.code, { inviteCode: "x".repeat(301) });
    expectProblem(late, 400, "invalid_request", "/inviteCode");

    // A join that was answered once is answered again, whatever became of the code since.
    const body = {
      identity: newIdentity(),
      inviteCode: lin.invite.code,
      ticket: await visit(phone(), poster.code),
    };
    expect((await joinOn(phone(), poster.code, body)).json.outcome).toBe("joined");
    await made(api.post(`/v1/invites/${lin.invite.id}/revoke`));
    expect((await joinOn(phone(), poster.code, body)).json.outcome).toBe("already_joined");
  });

  test.each(["en", "zh-CN"])(
    "the form has a closed field for it, which opens with what is wrong (%s)",
    async (language) => {
      const { poster, lin } = await mintDoors(api);
      const browser = new Browser(language);
      const landing = await browser.open(`/i/${poster.code}`);
      const field = (page: { text: string }) =>
        tagsOf(page.text, "input").find(({ name }) => name === "inviteCode") as Record<string, string>;
      expect(tagsOf(landing.text, "details").map((tag) => "open" in tag)).toEqual([false, false]);
      expect(field(landing)["aria-label"]).toMatch(language === "en" ? /Who invited you/ : /推荐人/);
      const typed = filledIn(newIdentity(), { inviteCode: "nobody" });
      const refused = await browser.send(landing, typed);
      expect(refused.status).toBe(400);
      expect(field(refused)).toMatchObject({ value: "nobody", "aria-invalid": "true" });
      expect(tagsOf(refused.text, "details").map((tag) => "open" in tag)).toContain(true);
      expect(textOf(refused.text)).toMatch(
        language === "en" ? /No open invite has this code/ : /没有找到有效的推荐码/,
      );
      const mended = await browser.send(refused, { ...typed, inviteCode: lin.invite.code });
      expect(mended.status).toBe(303);
    },
  );
});
