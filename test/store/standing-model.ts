/** How a person stands, on paper: minute after minute, and in the order in which things really were. */
export type Told = { kind: "left" | "returned"; minute: number };
export type Done = { verb: "void" | "remove" | "restore" | "disqualify" | "reinstate"; minute: number };

export type OnPaper = {
  leftAt: number | null;
  qualifiedAt: number | null;
  qualifiesAt: number | null;
};

/**
 * Lives through one person's days. They join at minute 0; whoever is there when the time of one of
 * their arrivals comes has qualified for good. Within a minute people come, then time comes, then they go.
 */
export function live(told: readonly Told[], stay: number, end: number): OnPaper {
  let leftAt: number | null = null;
  let qualifiedAt: number | null = null;
  let times = [stay];
  for (let minute = 0; minute <= end; minute++) {
    const now = told.filter((event) => event.minute === minute).map(({ kind }) => kind);
    if (now.includes("returned")) {
      leftAt = null;
      times.push(minute + stay);
    }
    if (qualifiedAt === null && times.some((time) => time <= minute)) qualifiedAt = minute;
    if (now.includes("left")) {
      leftAt = minute;
      times = [];
    }
  }
  const qualifiesAt = qualifiedAt === null && times.length > 0 ? Math.min(...times) : null;
  return { leftAt, qualifiedAt, qualifiesAt };
}

export type Verdicts = { standing: "good" | "voided" | "removed"; disqualifiedAt: number | null };

/** What operators make of a person, one deed after the other. */
export function judge(before: Verdicts, { verb, minute }: Done): Verdicts {
  const { standing, disqualifiedAt } = before;
  switch (verb) {
    case "void":
      return standing === "good" ? { ...before, standing: "voided" } : before;
    case "remove":
      return { ...before, standing: "removed" };
    case "restore":
      return { ...before, standing: "good" };
    case "disqualify":
      return { ...before, disqualifiedAt: disqualifiedAt ?? minute };
    case "reinstate":
      return { ...before, disqualifiedAt: null };
  }
}
