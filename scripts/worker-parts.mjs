// Writes smaller copies of three packages, which wrangler puts in their place (`alias` in wrangler.toml):
// the same to whoever calls them, a quarter of the Worker less. wrangler runs this before it bundles.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";

const packages = createRequire(import.meta.url);
const folder = process.argv[2] ?? "dist/worker";

// What no code here asks of zod: its sentences in 63 languages (English is built in), the way back from JSON
// schema, and what makes code of schemas, which workerd refuses to run. `core` is a name for all of it.
const UNUSED = [
  /^export \* as (locales|core) .*\n/gm,
  /^export {[^}]* (fromJSONSchema|deepPartial) }.*\n/gm,
  / (toZod|compile|withParser|ZodCompile\w+Error),/g,
];

/** zod without those. */
function zod() {
  const classic = join(dirname(packages.resolve("zod")), "v4/classic");
  const path = relative(folder, classic).split(sep).join("/");
  let parts = readFileSync(join(classic, "external.js"), "utf8");
  for (const unused of UNUSED) parts = parts.replace(unused, "");
  return {
    "zod-parts.js": parts.replaceAll(/ from "(?=\.)/g, ` from "${path}/`),
    "zod.js": `import * as z from "./zod-parts.js";\nexport * from "./zod-parts.js";\nexport { z, z as default };\n`,
  };
}

/** What every pair of bytes means in the table that jsqr takes along, where the platform says something else. */
function oddities(source) {
  const decoder = new TextDecoder("shift_jis");
  const odd = {};
  for (const [, code, character] of source.matchAll(/^ +(0x[0-9A-F]{4}): (0x[0-9A-F]{4}),$/gm)) {
    const pair = new Uint8Array([code >> 8, code & 255]);
    if (decoder.decode(pair).charCodeAt(0) !== Number(character)) odd[Number(code)] = Number(character);
  }
  return odd;
}

/** jsqr without its table of 7,000 Japanese characters: the platform knows them. */
function jsqr() {
  const source = readFileSync(packages.resolve("jsqr"), "utf8");
  const odd = oddities(source);
  if (Object.keys(odd).length > 20) throw new Error("This Node knows no Shift JIS");
  const table = `(function (odd, decoder) {
    return new Proxy(odd, {
      get: function (_, code) {
        return odd[code] || decoder.decode(new Uint8Array([code >> 8, code & 255])).charCodeAt(0);
      },
    });
  })(${JSON.stringify(odd)}, new TextDecoder("shift_jis"));\n`;
  return { "jsqr.cjs": source.replace(/(?<=exports\.shiftJISTable = ){[^}]+};\n/, () => table) };
}

/** Names in order, each as what it shares with the one before (A: nothing, B: one letter, …) and the rest. */
function frontCoded(names) {
  let before = "";
  return names.sort().map((name) => {
    let shared = 0;
    while (shared < 25 && shared < before.length && name[shared] === before[shared]) shared++;
    before = name;
    return String.fromCodePoint(65 + shared) + name.slice(shared);
  });
}

/** Takes that apart again; it becomes a part of the Worker. */
function unpacked(lines) {
  const domains = new Set();
  for (const line of lines.split("\n")) {
    const [behind, names] = line.split(" ");
    let name = "";
    for (const [, shared, rest] of names.matchAll(/([A-Z])([^A-Z]*)/g)) {
      name = name.slice(0, shared.charCodeAt(0) - 65) + rest;
      domains.add(`${name}.${behind}`);
    }
  }
  return domains;
}

/** The disposable domains: a line for each thing that stands behind a name's first dot, with those names. */
function disposableDomains() {
  const groups = {};
  const list = packages("disposable-email-domains-js").disposableEmailBlocklist();
  for (const domain of list) {
    const dot = domain.indexOf(".");
    (groups[domain.slice(dot + 1)] ??= []).push(domain.slice(0, dot));
  }
  const sorted = Object.entries(groups).sort(([, one], [, other]) => other.length - one.length);
  const lines = sorted.map(([behind, names]) => `${behind} ${frontCoded(names).join("")}`).join("\n");
  const again = unpacked(lines);
  if (again.size !== new Set(list).size || !list.every((domain) => again.has(domain)))
    throw new Error("The disposable domains are not what they were");
  const source = `export const disposableEmailBlocklistSet = () => unpacked(${JSON.stringify(lines)});\n`;
  return { "disposable.js": `${source}${String(unpacked)}\n` };
}

mkdirSync(folder, { recursive: true });
for (const [name, source] of Object.entries({ ...zod(), ...jsqr(), ...disposableDomains() })) {
  const file = join(folder, name);
  // Another build may be reading it: it gets the old or the new one, never a half.
  writeFileSync(`${file}.${process.pid}`, source);
  renameSync(`${file}.${process.pid}`, file);
}
