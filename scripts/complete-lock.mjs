// Behind a registry mirror that lacks the binaries of other platforms, `npm install` leaves them out of
// package-lock.json, and `npm ci` then refuses it. This writes them in, by their names and versions.
import { readFileSync, writeFileSync } from "node:fs";

const FILE = "package-lock.json";
const lock = JSON.parse(readFileSync(FILE, "utf8"));
const OS = { windows: "win32" };
const CPU = { 64: "x64" };
const SYSTEMS =
  /^(android|darwin|freebsd|linux|openharmony|win32|windows)-(arm64|arm|x64|64|ia32|ppc64|riscv64|s390x)(?:-(gnu|musl|gnueabihf|musleabihf|eabi|msvc))?$/;

/** The platform that a package's name speaks of: the words at its end. */
function platformOf(name) {
  const words = name.split("/").at(-1).split("-");
  for (let from = 0; from < words.length; from++) {
    const match = SYSTEMS.exec(words.slice(from).join("-"));
    if (match === null) continue;
    const [, os, cpu, abi] = match;
    const libc = abi?.startsWith("gnu") ? ["glibc"] : abi?.startsWith("musl") ? ["musl"] : undefined;
    return { cpu: [CPU[cpu] ?? cpu], ...(libc && { libc }), os: [OS[os] ?? os] };
  }
  return null;
}

let added = 0;
for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (lock.packages[key] !== undefined) continue;
    const platform = platformOf(name);
    if (platform === null) throw new Error(`${name} names no platform that is known here`);
    const { cpu, ...rest } = platform;
    lock.packages[key] = { version, cpu, ...(parent.dev && { dev: true }), optional: true, ...rest };
    added++;
  }
}
const packages = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
lock.packages = Object.fromEntries(packages);
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} packages of other platforms written into ${FILE}`);
