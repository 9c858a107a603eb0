import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where the host under test listens. */
    baseUrl: string;
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

/** Tells the tests of a project where their host listens. */
export function provideHost(project: TestProject, url: string, ...stops: Teardown[]): Teardown {
  project.provide("baseUrl", url.replace(/\/$/, ""));
  return async () => {
    for (const stop of stops) await stop();
  };
}
