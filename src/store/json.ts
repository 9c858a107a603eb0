/** The decoded rows of a statement whose only column is JSON. The caller names the shape that its SQL builds. */
export const jsonRows = <T>(rows: readonly (readonly unknown[])[]): T[] =>
  rows.map(([text]) => JSON.parse(text as string) as T);
