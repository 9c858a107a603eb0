import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take longest, most of the time waiting: begun last, they would leave the machine idle at the end. */
const LONG = [
  "browser/screen",
  "http/rotating-time",
  "http/qr-poster",
  "processes/races",
  "processes/tree-race",
  "processes/seats-race",
  "processes/scans-kill",
  "processes/kill",
  "processes/checkpoints",
];

const isLong = ({ moduleId }: TestSpecification): boolean =>
  LONG.some((name) => moduleId.endsWith(`/test/${name}.test.ts`));

/** The long ones of a project first, then all others in vitest's own order. */
export default class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted].sort((a, b) => {
      if (a.project.name !== b.project.name) return sorted.indexOf(a) - sorted.indexOf(b);
      return Number(isLong(b)) - Number(isLong(a));
    });
  }
}
