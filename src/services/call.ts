import { allows, type Actor, type Scope } from "../domain/key.ts";
import { notFound, Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import { refusalOf } from "../store/constraint.ts";
import type { Tenant } from "../store/tenant.ts";

/** One authenticated call: the world, and who is asking. */
export type Call = { ports: Ports; actor: Actor };

/** Whose rows the caller may see. */
export const tenantOf = ({ actor }: Call): Tenant => ({
  workspaceId: actor.workspaceId,
  campaignId: actor.campaignId,
});

/** Demands a scope. `workspace`: the route reaches beyond one campaign, which a bound key may not. */
export function demand(call: Call, scope: Scope, reach: "campaign" | "workspace" = "campaign"): void {
  if (!allows(call.actor.scopes, scope)) {
    throw new Problem("forbidden", `This needs a key with the scope “${scope}”.`);
  }
  if (reach === "workspace" && call.actor.campaignId !== null) {
    throw new Problem("forbidden", "This key is bound to one campaign.");
  }
}

/** The value, or the 404 that says which noun is missing. */
export function found<T>(value: T | undefined | null, noun: string): T {
  if (value === undefined || value === null) throw notFound(noun);
  return value;
}

/** Runs a write whose references must be the caller's own; a missing one is a 404 of that noun. */
export async function referring<T>(noun: string, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (refusalOf(error)?.kind === "missing") throw notFound(noun);
    throw error;
  }
}

/** The refusal of one field of a body. */
export const fieldProblem = (path: string, code: string, message: string): Problem =>
  new Problem("invalid_request", "The request has a field that is wrong.", [{ path, code, message }]);
