import type { Diary, Pair } from "./crowd.ts";
import { count, type Count, type Join, type Line, type Metric } from "./model.ts";
import { codesOf, joinsOf, type Read } from "./readings.ts";
import { byId, byName, byPlace, type Verdict } from "./verdict.ts";

const METRICS = ["direct", "team"] as const satisfies Metric[];

const joinText = ({ parent, invite, group, at }: Join) => `by ${parent} via ${invite} into ${group} at ${at}`;
const lineText = ({ rank, score, id, reachedAt }: Line) =>
  `rank ${rank}, score ${score}, ${id}, ${reachedAt}`;

function comparePairs(verdict: Verdict, title: string, pairs: readonly Pair[]): void {
  const name = ({ what }: Pair) => what;
  const expected = byName(pairs, name, (pair) => pair.expected);
  const came = byName(pairs, name, (pair) => pair.came);
  verdict.compare(title, expected, came);
}

/** What the prospects were shown and told, and the counters that follow from their diary. */
export function checkDiary(verdict: Verdict, diary: Diary, read: Read): void {
  comparePairs(verdict, "what each page disclosed: purpose, organiser, inviter", diary.disclosures);
  comparePairs(verdict, "what each visit was answered, retries and strangers too", diary.outcomes);
  verdict.compare(
    "ledger: who joined by whom, by which invite, where and when",
    byId(diary.joins, joinText),
    byId(joinsOf(read), joinText),
  );
  const { steps, waitlisted } = read.funnel;
  const funnel = {
    scans: diary.disclosures.length,
    gate: diary.atGate.size,
    passed: diary.passed.size,
    joined: diary.joins.length,
    // The link is shown with the join, nobody has to stay for a while, and nobody left.
    confirmed: diary.joins.length,
    qualified: diary.joins.length,
    day1: 0,
    day7: 0,
    day30: 0,
    present: diary.joins.length,
    waiting: 0,
  };
  verdict.compare(
    "funnel",
    byName(Object.entries(funnel), ...CELLS),
    byName([...steps.map(({ step, people }) => [step, people] as const), ["waiting", waitlisted]], ...CELLS),
  );
  verdict.compare(
    "everybody's own invite",
    byId(diary.passes, ({ invite }) => invite),
    byName(
      read.invites.filter(({ participantId }) => participantId !== null),
      ({ participantId }) => participantId ?? "",
      ({ url }) => url,
    ),
  );
  verdict.compare(
    "uses of the access code",
    byPlace([diary.codesUsed], String),
    byPlace(read.accessCodes, ({ uses }) => uses),
  );
}

type Cell = readonly [string, number];
const CELLS = [([name]: Cell) => name, ([, value]: Cell) => value] as const;

/** Everything that follows from joins, against what Qrove keeps. `by` says whose joins they are. */
export function checkCount(verdict: Verdict, by: string, own: Count, read: Read): void {
  const { participants, groups, invites, board } = read;
  const codeOf = codesOf(read);
  const people = [...own.joins.values()];
  const placeText = (join: Join, depth: number | undefined) => `${joinText(join)}, depth ${depth}`;
  verdict.compare(
    `${by}: participants, their parents, depths and groups`,
    byId(people, (join) => placeText(join, own.depth.get(join.id))),
    byId(participants, ({ id, inviterId, invitedVia, groupId, joinedAt, depth }) => {
      const invite = codeOf(invitedVia);
      return placeText({ id, parent: inviterId, invite, group: groupId, at: joinedAt }, depth);
    }),
  );
  for (const metric of METRICS) {
    verdict.compare(
      `${by}: ${metric} of every participant`,
      byId(people, ({ id }) => own.score[metric].get(id) ?? 0),
      byId(participants, (row) => row[metric]),
    );
    verdict.compare(
      `${by}: the whole ${metric} board, ranks and order of ties`,
      byPlace(own.board[metric], lineText),
      byPlace(board[metric], ({ participant, ...row }) => lineText({ ...row, id: participant.id })),
    );
  }
  verdict.compare(
    `${by}: seats taken in every group`,
    byName(own.seats, ...CELLS),
    byId(
      groups.filter(({ used }) => used > 0),
      ({ used }) => used,
    ),
  );
  verdict.compare(
    `${by}: uses of every invite`,
    byName(own.uses, ...CELLS),
    byName(
      invites.filter(({ uses }) => uses > 0),
      ({ code }) => code,
      ({ uses }) => uses,
    ),
  );
}

/** All counters by the ledger's joins, and that its order filled the groups by priority. */
export function checkLedger(verdict: Verdict, read: Read): void {
  const joins = joinsOf(read);
  const seats = read.groups
    .toSorted((a, b) => a.priority - b.priority)
    .flatMap(({ id, capacity }) => Array.from({ length: capacity }, () => id));
  verdict.compare(
    "by the ledger: groups filled one after another, by priority",
    byPlace(joins, ({ id }, i) => `${id} into ${seats[i]}`),
    byPlace(joins, ({ id, group }) => `${id} into ${group}`),
  );
  checkCount(verdict, "by the ledger", count(joins), read);
}
