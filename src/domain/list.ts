import { z } from "zod";
import { identity } from "./identity.ts";
import { line } from "./shapes.ts";

/** People whom one request may put on a list, or take off it. */
export const MAX_ENTRIES = 5000;

export const listInput = z.strictObject({ name: line(120) });

const people = z.array(identity).max(MAX_ENTRIES).default([]);

/** Whom to put on a list and whom to take off it; who is named in both is off it then. */
export const entriesInput = z
  .strictObject({ add: people, remove: people })
  .refine(({ add, remove }) => add.length + remove.length > 0, {
    path: ["add"],
    message: "add or remove somebody",
  })
  .refine(({ add, remove }) => add.length + remove.length <= MAX_ENTRIES, {
    path: ["add"],
    message: `with remove, names more than ${MAX_ENTRIES}`,
  });
export type EntriesInput = z.output<typeof entriesInput>;
