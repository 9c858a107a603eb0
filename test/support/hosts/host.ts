import type { TestProject } from "vitest/node";
import { outsideEnv, startOutside } from "../outside.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where the host under test listens. */
    baseUrl: string;
    /** Which host that is, by its project's name. */
    projectName: string;
    /** Where the services listen that the host calls: see `../outside.ts`. */
    outsideUrl: string;
  }
}

/** The settings of every host under test. */
export const TEST_ENV = {
  QROVE_SECRET: "a secret that is only for tests, 0123456789",
  QROVE_ADMIN_KEY: "qrove-test-admin-key-0123456789",
  QROVE_TRACE: "1",
  QROVE_QUIET: "1",
};

/** Ends what a host started, the last started first. */
export type Teardown = () => Promise<void>;

/** Starts what the host calls, and the host with `start`; tells the tests of a project where both listen. */
export async function provideHost(
  project: TestProject,
  start: (env: Record<string, string>) => Promise<{ url: string; stops: Teardown[] }>,
): Promise<Teardown> {
  const outside = await startOutside();
  const { url, stops } = await start({ ...TEST_ENV, ...outsideEnv(outside.url) });
  project.provide("baseUrl", url.replace(/\/$/, ""));
  project.provide("outsideUrl", outside.url);
  project.provide("projectName", project.name);
  return async () => {
    for (const stop of [...stops, outside.stop]) await stop();
  };
}
