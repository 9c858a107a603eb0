import { workOutFold } from "./fold/work-out.ts";

/**
 * What may be made of rows where they are read, by name: a thread that reads beside cannot be handed a function.
 * Each is pure, and takes and answers plain data.
 */
const REDUCERS = { fold: workOutFold };

export type ReducerName = keyof typeof REDUCERS;
/** What a reducer is given besides the rows of each statement. */
export type Given<R extends ReducerName> = Parameters<(typeof REDUCERS)[R]>[1];
export type Reduced<R extends ReducerName> = ReturnType<(typeof REDUCERS)[R]>;

/** Has a reducer make something of the rows of each statement. */
export const reduce = <R extends ReducerName>(
  reducer: R,
  given: Given<R>,
  results: readonly (readonly (readonly unknown[])[])[],
): Reduced<R> => REDUCERS[reducer](results, given) as Reduced<R>;
