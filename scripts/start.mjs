// Starts what is built with the memory settings that docs/deployment.md explains: `node scripts/start.mjs [file [argument …]]`.
import { spawn } from "node:child_process";

const [file = "dist/node.mjs", ...rest] = process.argv.slice(2);
const args = ["--max-semi-space-size=16", "--heap-growing-percent=40", file, ...rest];
const env = { GLIBC_TUNABLES: "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=4", ...process.env };

// In the place of this process, with its id, where that can be: nothing stands between the server and who ends it.
if (process.execve && process.platform !== "win32")
  process.execve(process.execPath, [process.execPath, ...args], env);

const child = spawn(process.execPath, args, { stdio: "inherit", env });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.once("exit", (code) => process.exit(code ?? 1));
