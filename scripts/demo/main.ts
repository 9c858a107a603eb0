import { randomBytes } from "node:crypto";
import { startNodeServer, temporaryFolder } from "../../test/support/processes.ts";
import { prepareCamera } from "./browser.ts";
import { checkPages, checkTree } from "./check-people.ts";
import { checkCount, checkDiary, checkLedger } from "./checks.ts";
import { Crowd } from "./crowd.ts";
import { drawBoards, drawFunnel, drawGroups, drawTree, number, progress, title } from "./drawing.ts";
import {
  type Api,
  apiOf,
  type BoardRow,
  type Participant,
  setUp,
  type Stage,
  type TreeNode,
} from "./marketer.ts";
import { count } from "./model.ts";
import { planCrowd, SEED } from "./prospects.ts";
import { type Read, readAll } from "./readings.ts";
import { Verdict } from "./verdict.ts";

/** Phones at work at the same time. */
const WIDTH = 12;
const TOP = 10;

const say = (line: string) => console.log(line);

/** Prints what the marketer sees, read from the API. */
async function show(api: Api, { campaignId }: Stage, { funnel, groups }: Read): Promise<void> {
  const board = async (metric: string) => {
    const page = await api.get(`/campaigns/${campaignId}/leaderboard`, { metric, limit: TOP });
    return (page as { data: BoardRow[] }).data;
  };
  const [direct, team] = [await board("direct"), await board("team")];
  say(title("The funnel"));
  say(drawFunnel(funnel));
  say(title("The leaderboard"));
  say(drawBoards(direct, team));
  say(title("The groups"));
  say(drawGroups(groups));
  const best = team[0]?.participant.id;
  if (best === undefined) throw new Error("the leaderboard is empty");
  const above = (await api.get(`/participants/${best}/ancestors`)) as { data: Participant[] };
  const root = above.data.at(-1)?.id ?? best;
  say(title("The top of the largest tree"));
  say(drawTree((await api.get(`/participants/${root}/tree`, { depth: 3 })) as TreeNode));
}

/** The whole demonstration against a running server. Answers how many checks disagree. */
async function demonstrate(base: string, key: string): Promise<number> {
  const api = apiOf(base, key);
  const stage = await setUp(api);
  await prepareCamera();
  const plan = planCrowd();
  say(`${number(plan.prospects.length)} prospects (seed ${SEED}) scan each other's QR codes at ${base}:\n`);
  const crowd = new Crowd(stage, plan);
  const begun = performance.now();
  await crowd.run(WIDTH, progress(process.stdout));
  const seconds = (performance.now() - begun) / 1000;
  say(`\n  ${number(plan.visits.length)} visits in ${seconds.toFixed(1)} s, of which`);
  const acts = [...crowd.diary.acts].toSorted(([, a], [, b]) => b - a);
  for (const [act, times] of acts) say(`  ${number(times).padStart(6)}  ${act}`);

  const read = await readAll(api, stage);
  await show(api, stage, read);
  say(title("Does it all agree?"));
  const verdict = new Verdict(say);
  checkDiary(verdict, crowd.diary, read);
  const own = count(crowd.diary.joins);
  checkCount(verdict, "by our own count", own, read);
  await checkTree(verdict, api, own);
  await checkPages(verdict, crowd.diary, own);
  checkLedger(verdict, read);
  return verdict.disagreements;
}

async function main(): Promise<number> {
  const begun = performance.now();
  const folder = await temporaryFolder();
  const key = `demo-${randomBytes(20).toString("hex")}`;
  try {
    const server = await startNodeServer({ QROVE_DATA: folder.path, QROVE_ADMIN_KEY: key });
    const interrupted = new Promise<never>((_, reject) => {
      for (const signal of ["SIGINT", "SIGTERM"]) {
        process.once(signal, () => reject(new Error(`\nstopped by ${signal}`)));
      }
    });
    try {
      const wrong = await Promise.race([demonstrate(server.url, key), interrupted]);
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      say(`\n${wrong === 0 ? "All agree" : `${wrong} checks DISAGREE`}. It took ${seconds} s.\n`);
      return wrong === 0 ? 0 : 1;
    } finally {
      await server.kill();
    }
  } finally {
    await folder.remove();
  }
}

/** What went wrong, and why when it says so: a failed fetch does only in its cause. */
const messageOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.message}${error.cause instanceof Error ? ` (${error.cause.message})` : ""}`
    : String(error);

// The exit ends whatever is still under way when something failed in the middle.
process.exit(
  await main().catch((error: unknown) => {
    console.error(messageOf(error));
    return 1;
  }),
);
