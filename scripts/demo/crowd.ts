import { fillIn, type JoinAnswer, type Page, scan, type Typed } from "./browser.ts";
import { ORGANISER, PURPOSE, type Stage, TITLES } from "./marketer.ts";
import type { Join } from "./model.ts";
import type { Act, Plan, Prospect, Source, Visit } from "./prospects.ts";

/** What was expected of something, and what came; kept for the verdict at the end. */
export type Pair = { what: string; expected: string; came: string };

/** What the crowd saw: everything that the verdict compares Qrove with. */
export type Diary = {
  joins: Join[];
  /** Where each participant finds their own page, with the group and the invite that they were given. */
  passes: { id: string; url: string; group: string; invite: string }[];
  /** Prospects who sent the form, and those whom the gate let in. */
  atGate: Set<number>;
  passed: Set<number>;
  codesUsed: number;
  /** One a visit: the outcomes; one a page: the disclosure. */
  outcomes: Pair[];
  disclosures: Pair[];
  /** How many visits there were of each kind. */
  acts: Map<Act, number>;
};

type Seat = { id: string; code: string; url: string };
type Promised = ReturnType<typeof Promise.withResolvers<Seat>>;

const TOLD_ALL = "seat, invite and pass";
const TOLD_NOTHING = "nothing";

/** 2,000 people with phones. Each keeps to the plan; nobody is invited by somebody who is not in yet. */
export class Crowd {
  readonly diary: Diary = {
    joins: [],
    passes: [],
    atGate: new Set(),
    passed: new Set(),
    codesUsed: 0,
    outcomes: [],
    disclosures: [],
    acts: new Map(),
  };
  /** The seat of each prospect, from when they have it. */
  readonly #seats: Promised[];
  readonly #stage: Stage;
  readonly #plan: Plan;

  constructor(stage: Stage, plan: Plan) {
    this.#stage = stage;
    this.#plan = plan;
    this.#seats = plan.prospects.map(() => Promise.withResolvers<Seat>());
  }

  /** Runs all visits in order, `width` at a time. A visit waits only for earlier ones, so none is stuck. */
  async run(width: number, onVisit: (done: number, of: number) => void): Promise<void> {
    const { visits } = this.#plan;
    let next = 0;
    let done = 0;
    const lane = async () => {
      for (let i = next++; i < visits.length; i = next++) {
        await this.#visit(visits[i] as Visit);
        onVisit(++done, visits.length);
      }
    };
    await Promise.all(Array.from({ length: width }, lane));
  }

  async #visit(visit: Visit): Promise<void> {
    const { act, prospect } = visit;
    const { acts, outcomes, atGate } = this.diary;
    acts.set(act, (acts.get(act) ?? 0) + 1);
    // Whoever comes again was in before.
    if (act === "comes again by another") await this.#seats[prospect]?.promise;
    const page = await this.#open(visit.from, prospect);
    const answers = await this.#act(visit, page);
    atGate.add(prospect);
    const came = answers.map(summary);
    // Of two forms sent at once either may win.
    if (act === "taps twice" || act === "scans two codes at once") came.sort();
    const whole = [...came, ...(isSame(answers) ? [] : ["as two different people"])];
    const what = `${this.#who(prospect).name} ${act}`;
    outcomes.push({ what, expected: EXPECTED[act].join(" · "), came: whole.join(" · ") });
  }

  /** Scans the code of `from`, and notes whether the page says where one is. */
  async #open(from: Source, prospect: number): Promise<Page> {
    const shown =
      "channel" in from ? this.#stage.channels[from.channel] : await this.#seats[from.prospect]?.promise;
    if (shown === undefined) throw new Error("the plan names a source that is not there");
    const page = await scan(shown.url, this.#who(prospect).phone);
    const { community, campaign, inviter, invite, seatsLeft } = page.shows;
    const name = "channel" in from ? "nobody" : this.#who(from.prospect).name;
    this.diary.disclosures.push({
      what: page.url,
      expected: [PURPOSE, ORGANISER, this.#stage.campaignId, shown.code, name, "seats left"].join(" | "),
      came: [
        community.purpose,
        community.organiser.name,
        campaign.id,
        invite.code,
        inviter?.displayName ?? "nobody",
        seatsLeft > 0 ? "seats left" : "full",
      ].join(" | "),
    });
    return page;
  }

  /** Does what the visit is for. The answers come in the order in which the forms were sent. */
  async #act(visit: Visit, page: Page): Promise<JoinAnswer[]> {
    const { act, from, rival, prospect } = visit;
    const person = this.#who(prospect);
    const right = typed(person, TITLES[prospect % TITLES.length] as string);
    const wrong = typed(person, "Passer-by");
    const send = async (form: Typed, at = page, source = from): Promise<JoinAnswer> => {
      const answer = await fillIn(at, form);
      if (answer.outcome === "joined") await this.#note(visit, source, answer, form);
      return answer;
    };
    switch (act) {
      case "joins":
        return [await send(right)];
      case "joins with an access code":
        return [await send({ ...wrong, accessCode: this.#stage.accessCode.code.toUpperCase() })];
      case "is refused":
        return [await send(wrong)];
      case "corrects the answer":
        return [await send(wrong), await send(right)];
      case "sends it again":
        return [await send(right), await send(right)];
      case "taps twice":
        return Promise.all([send(right), send(right)]);
      case "scans two codes at once": {
        if (rival === undefined) throw new Error("there is no second code");
        const other = await this.#open(rival, prospect);
        return Promise.all([send(right), send(right, other, rival)]);
      }
      case "comes again by another":
        // Typed in another way, it is the same address.
        return [await send({ ...right, "identity.value": ` ${person.email.toUpperCase()}` })];
    }
  }

  /** Writes down a join: the parent is whoever's code was scanned, whatever the answer says. */
  async #note({ prospect }: Visit, source: Source, answer: JoinAnswer, form: Typed): Promise<void> {
    const { participant, group, invite, pass } = answer;
    if (participant === null || group === null || invite === null || pass === null) return;
    const parent = "channel" in source ? null : ((await this.#seats[source.prospect]?.promise) as Seat);
    const code = "channel" in source ? this.#stage.channels[source.channel]?.code : parent?.code;
    this.diary.joins.push({
      id: participant.id,
      parent: parent?.id ?? null,
      invite: code ?? "",
      group: group.id,
      at: participant.joinedAt,
    });
    this.diary.passes.push({ id: participant.id, url: pass, group: group.joinUrl, invite: invite.url });
    this.diary.passed.add(prospect);
    if (form["accessCode"] !== undefined) this.diary.codesUsed++;
    this.#seats[prospect]?.resolve({ id: participant.id, code: invite.code, url: invite.url });
  }

  #who = (prospect: number): Prospect => this.#plan.prospects[prospect] as Prospect;
}

/** What comes of each act, sorted where two forms are sent at once. */
const EXPECTED: Record<Act, string[]> = {
  joins: [`joined: ${TOLD_ALL}`],
  "joins with an access code": [`joined: ${TOLD_ALL}`],
  "is refused": [`rejected (answer, accessCode): ${TOLD_NOTHING}`],
  "corrects the answer": [`rejected (answer, accessCode): ${TOLD_NOTHING}`, `joined: ${TOLD_ALL}`],
  "sends it again": [`joined: ${TOLD_ALL}`, `already_joined: ${TOLD_ALL}`],
  "taps twice": [`already_joined: ${TOLD_ALL}`, `joined: ${TOLD_ALL}`],
  // The second code's ticket is another's: whoever sends it might be a stranger.
  "scans two codes at once": [`already_joined: ${TOLD_NOTHING}`, `joined: ${TOLD_ALL}`],
  "comes again by another": [`already_joined: ${TOLD_NOTHING}`],
};

const typed = ({ name, email }: Prospect, title: string): Typed => ({
  acknowledged: "on",
  displayName: name,
  "identity.type": "email",
  "identity.value": email,
  "answers.title": title,
});

/** An answer in a few words: the outcome, what it blames, and what it lets the sender know. */
function summary({ outcome, participant, group, invite, pass, reasons }: JoinAnswer): string {
  const known = [participant?.id, group?.joinUrl, invite?.url, pass].filter((one) => one != null).length;
  const told = known === 4 ? TOLD_ALL : known === 0 ? TOLD_NOTHING : `${known} of 4 things`;
  const blamed = reasons.filter(({ result }) => result === "fail").map(({ criterion }) => criterion);
  return `${outcome}${outcome === "rejected" ? ` (${blamed.join(", ")})` : ""}: ${told}`;
}

/** Whether all answers that name somebody name the same person, seat and invite. */
const isSame = (answers: readonly JoinAnswer[]): boolean =>
  new Set(
    answers
      .filter(({ participant }) => participant !== null)
      .map(({ participant, group, invite, pass }) =>
        [participant?.id, group?.id, group?.joinUrl, invite?.code, pass].join(" "),
      ),
  ).size <= 1;
