import type { LeafResult } from "../../domain/criteria/types.ts";

export type ToldReason = { result: LeafResult; message: string; remedy: string | null };

/** Each reason that stands in the way, and what would be enough. */
export const Reasons = ({ reasons }: { reasons: readonly ToldReason[] }) => {
  const told = reasons.filter(({ result }) => result !== "pass");
  if (told.length === 0) return null;
  return (
    <ul>
      {told.map(({ result, message, remedy }) => (
        <li class={result}>
          {message} {remedy && <span class="soft">{remedy}</span>}
        </li>
      ))}
    </ul>
  );
};
