import type { Section } from "../support/section.ts";
import { boardsOverHttp } from "./boards-http.ts";
import { boardsUnderLoad } from "./boards-load.ts";
import { boards } from "./boards.ts";
import { gates } from "./gate.ts";
import { growth } from "./growth.ts";
import { joinsOnHosts } from "./joins-hosts.ts";
import { joins } from "./joins.ts";
import { landing } from "./landing.ts";
import { scans } from "./scans.ts";

/**
 * Every section, in the order in which they run. A new one is a file here and a line below. Those that only read come
 * before those by which people join: who comes within the same minutes has many others in the same tie.
 */
export const SECTIONS: readonly Section[] = [
  landing,
  scans,
  gates,
  joinsOnHosts,
  boards,
  boardsOverHttp,
  joins,
  boardsUnderLoad,
  growth,
];
