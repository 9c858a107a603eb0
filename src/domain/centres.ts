import { type Rate, rateOf } from "./growth.ts";

/** How many people brought how many: each number of people brought once, with how many brought so many. */
export type Spread = readonly { brought: number; people: number }[];

/** What is counted of a campaign's trees. */
export type Counts = {
  /** Everybody in the campaign. */
  people: number;
  /** Of those, voided or removed ones whom somebody brought: they count for nobody. */
  excluded: number;
  spread: Spread;
};

export type Centres = {
  people: number;
  excluded: number;
  organic: Rate;
  invited: Rate;
  /** How much the trees hang on one person: 1 for a star, near 0 where all bring as many. */
  centralisation: Rate & { most: number };
  /** `hubs`: how many the tenth are. */
  topTenth: Rate & { hubs: number };
};

const FREEMAN = "Freeman: (people × most − people who count for their inviter) / (people − 1)²";
const TOP_TENTH =
  "brought by the tenth, rounded up, that brought the most / people who count for their inviter";
const CUT_OFF = "the hub's team / people who count for their inviter";

/** The figures of a campaign's centres. */
export function centresOf({ people, excluded, spread }: Counts): Centres {
  const descending = spread
    .filter((row) => row.people > 0 && row.brought > 0)
    .toSorted((a, b) => b.brought - a.brought);
  const counted = countedOf(spread);
  const most = descending[0]?.brought ?? 0;
  const inviters = descending.reduce((sum, row) => sum + row.people, 0);
  const hubs = Math.ceil(inviters / 10);
  let left = hubs;
  let byThem = 0;
  for (const row of descending) {
    const taken = Math.min(left, row.people);
    byThem += taken * row.brought;
    left -= taken;
  }
  const invited = counted + excluded;
  return {
    people,
    excluded,
    organic: rateOf(people - invited, people, "people whom nobody brought / people"),
    invited: rateOf(invited, people, "people whom somebody brought / people"),
    centralisation: { ...rateOf(people * most - counted, (people - 1) ** 2, FREEMAN), most },
    topTenth: { ...rateOf(byThem, counted, TOP_TENTH), hubs },
  };
}

const countedOf = (spread: Spread): number =>
  spread.reduce((sum, { brought, people }) => sum + brought * people, 0);

/** How much of all who count for their inviter would not stand there without somebody. */
export const cutOffOf = (team: number, spread: Spread): Rate => rateOf(team, countedOf(spread), CUT_OFF);
