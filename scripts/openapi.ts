// Prints the API's document; `npm run openapi` keeps openapi.json up to date, `npm run verify` checks it.
import { createApp } from "../src/http/app.ts";
import { documentOf } from "../src/http/openapi.ts";
import type { Ports } from "../src/runtime/ports.ts";

// Building routes touches no port: the document needs no database.
const document = documentOf(createApp({} as Ports));
process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
