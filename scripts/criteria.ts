// Renews the table of criteria in docs/criteria.md; `npm run verify` says when it is old.
import { readFileSync, writeFileSync } from "node:fs";
import { CRITERIA } from "../src/domain/criteria/index.ts";
import { criteriaTable, withTable } from "./criteria-table.ts";

const FILE = "docs/criteria.md";
writeFileSync(FILE, withTable(readFileSync(FILE, "utf8"), criteriaTable(CRITERIA)));
