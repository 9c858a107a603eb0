import type { TestModule } from "vitest/node";

/** Says how many tests ran on each host, and closes with one plain line. */
export default class HostReporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const projects = new Map<string, { passed: number; failed: number; skipped: number }>();
    for (const module of modules) {
      const counts = projects.get(module.project.name) ?? { passed: 0, failed: 0, skipped: 0 };
      projects.set(module.project.name, counts);
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state === "pending" ? "skipped" : state]++;
      }
      if (module.errors().length > 0) counts.failed++;
    }
    console.log("\n Tests per host:");
    const total = { passed: 0, failed: 0, skipped: 0 };
    for (const [name, counts] of projects) {
      console.log(
        `   ${name.padEnd(22)} ${String(counts.passed).padStart(4)} passed, ${counts.failed} failed`,
      );
      for (const state of ["passed", "failed", "skipped"] as const) total[state] += counts[state];
    }
    console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  }
}
