/** What says as of when an answer holds: it goes on while nothing happens. */
const OF_TIME = new Set(["accurateAsOf", "joinedBefore"]);

/** An answer without its own time, so that two of them can be compared. */
// oxlint-disable-next-line typescript/no-explicit-any
export const timeless = (body: unknown): any =>
  JSON.parse(JSON.stringify(body, (name, value: unknown) => (OF_TIME.has(name) ? undefined : value)));
