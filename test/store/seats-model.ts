/** What people and groups do, on paper: knows nothing of the product's code, and keeps no counter. */
export type Strategy = "in_order" | "least_filled" | "weighted";
export type Rules = {
  strategy: Strategy;
  /** How long a seat is only reserved; null where the join confirms it. */
  reserveMs: number | null;
  waitlist: boolean;
  /** The campaign fills the groups that it names, and no others. */
  named: boolean;
};

export type PaperGroup = {
  nr: number;
  capacity: number;
  state: "open" | "paused" | "closed" | "merged";
  priority: number;
  weight: number;
  expiresAt: number | null;
  marginMs: number;
  into: PaperGroup | null;
  named: boolean;
};

export type PaperSeat = { group: PaperGroup; until: number | null };
export type PaperPerson = { name: string; parent: PaperPerson | null; seat: PaperSeat | null; left: boolean };

export class Paper {
  now = 0;
  readonly groups: PaperGroup[] = [];
  readonly people: PaperPerson[] = [];
  /** Who waits, and by whose invite, the first first. */
  queue: { name: string; parent: PaperPerson | null; back?: PaperPerson }[] = [];
  readonly lost = new Set<string>();
  readonly log: string[] = [];
  constructor(readonly rules: Rules) {}

  find = (name: string): PaperPerson | undefined => this.people.find((person) => person.name === name);

  /** Seats that somebody holds right now. */
  live = (group: PaperGroup): number =>
    this.people.filter(({ seat }) => seat?.group === group && (seat.until === null || seat.until > this.now))
      .length;

  takes = (group: PaperGroup): boolean =>
    group.state === "open" &&
    (group.named || !this.rules.named) &&
    (group.expiresAt === null || group.expiresAt - group.marginMs > this.now) &&
    this.live(group) < group.capacity;

  /** The group that the next one goes to, looked for one person at a time. */
  next(): PaperGroup | undefined {
    const rank = (group: PaperGroup): number[] => {
      const used = this.live(group);
      const own = { in_order: [], least_filled: [used / group.capacity], weighted: weight(group, used) };
      return [...own[this.rules.strategy], group.priority, group.nr];
    };
    return this.groups.filter(this.takes).sort((a, b) => compare(rank(a), rank(b)))[0];
  }

  isDead({ seat }: PaperPerson): boolean {
    if (seat === null || (seat.until !== null && seat.until <= this.now)) return true;
    const { state, expiresAt } = seat.group;
    return state === "closed" || (expiresAt !== null && expiresAt <= this.now);
  }

  sit(person: PaperPerson): void {
    const group = this.next();
    if (group === undefined) return;
    const { reserveMs } = this.rules;
    person.seat = { group, until: reserveMs === null ? null : this.now + reserveMs };
  }

  private enter(name: string, parent: PaperPerson | null): void {
    const person: PaperPerson = { name, parent, seat: null, left: false };
    this.people.push(person);
    this.sit(person);
    this.log.push(`joined ${name} in ${person.seat?.group.nr} by ${parent?.name ?? "poster"}`);
    if (parent !== null) this.log.push(`qualified ${name}`);
  }

  /** Free seats go to those who wait. */
  promote(): void {
    for (let first = this.queue[0]; first !== undefined; first = this.queue[0]) {
      const isSeated = first.back !== undefined && !this.isDead(first.back);
      if (!isSeated && this.next() === undefined) return;
      this.queue.shift();
      if (first.back === undefined) this.enter(first.name, first.parent);
      else if (!isSeated) this.sit(first.back);
    }
  }

  join(name: string, parent: PaperPerson | null): string {
    const known = this.find(name);
    if (known !== undefined) {
      const waits = this.queue.some(({ back }) => back === known);
      const mayAsk = this.next() !== undefined || (this.rules.waitlist && !waits);
      if (this.isDead(known) && mayAsk) this.comeBack(known);
      return "already_joined";
    }
    if (!this.queue.some((waiting) => waiting.name === name)) {
      if (this.queue.length === 0 && this.next() !== undefined) {
        this.enter(name, parent);
        return "joined";
      }
      if (!this.rules.waitlist) {
        this.lost.add(name);
        return "closed";
      }
      this.queue.push({ name, parent });
      this.promote();
      return this.find(name) ? "joined" : "waitlisted";
    }
    this.promote();
    return this.find(name) ? "already_joined" : "waitlisted";
  }

  /** A person who left, or whose seat is none any more, wants one: after those who wait. */
  comeBack(person: PaperPerson): void {
    this.promote();
    if (person.left) this.log.push(`returned ${person.name}`);
    person.left = false;
    const at = this.queue.findIndex(({ back }) => back === person);
    if (this.isDead(person) && (at < 0 ? this.queue.length : at) === 0) this.sit(person);
    if (!this.isDead(person)) this.queue = this.queue.filter(({ back }) => back !== person);
    else if (this.rules.waitlist && at < 0)
      this.queue.push({ name: person.name, parent: null, back: person });
  }

  leave(person: PaperPerson): void {
    if (!person.left) this.log.push(`left ${person.name}`);
    person.left = true;
    person.seat = null;
    this.queue = this.queue.filter(({ back }) => back !== person);
    this.promote();
  }

  confirm({ seat, left }: PaperPerson): boolean {
    if (left || seat === null || (seat.until !== null && seat.until <= this.now)) return false;
    seat.until = null;
    return true;
  }

  /** Whether it was possible. */
  merge(from: PaperGroup, into: PaperGroup): boolean {
    let end = into;
    while (end.into !== null) end = end.into;
    const room = end.capacity - this.live(end) - this.live(from);
    const takes = end.state === "open" || end.state === "paused";
    const retired = end.expiresAt !== null && end.expiresAt - end.marginMs <= this.now;
    if (from.state === "merged" || end === from || !takes || retired || room < 0) return false;
    for (const { seat } of this.people) if (seat?.group === from) seat.group = end;
    from.state = "merged";
    from.into = end;
    if (from.named) end.named = true;
    this.promote();
    return true;
  }
}

/** What weighs nothing comes last; else by how full a group is for its weight, its next seat counted half. */
const weight = (group: PaperGroup, used: number): number[] =>
  group.weight === 0 ? [1, used] : [0, (used + 0.5) / group.weight];

const compare = (a: number[], b: number[]): number => {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
};
