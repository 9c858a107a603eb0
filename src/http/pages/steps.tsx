import type { LeafResult } from "../../domain/criteria/types.ts";
import type { ToldReason } from "./reasons.tsx";

const MARKS: Record<LeafResult, string> = { pass: "✓", pending: "…", fail: "✗" };

/** All that is asked, with what is done already: where somebody stands. */
export const Steps = ({ reasons }: { reasons: readonly ToldReason[] }) =>
  reasons.length === 0 ? null : (
    <ul class="steps">
      {reasons.map(({ result, message, remedy }) => (
        <li class={result}>
          <b>{MARKS[result]}</b>
          <span>
            {message} {remedy && <span class="soft">{remedy}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
