import type { Id } from "../domain/id.ts";
import type { Ports } from "../runtime/ports.ts";
import { seal, unseal } from "./seals.ts";

/** The pass that opens the page of somebody whose gate is pending. */
export const applicationPass = (ports: Ports, id: Id): Promise<string> => seal(ports, "application", id);

/** The application whose pass this is, or null. Any case. */
export const readApplicationPass = (ports: Ports, text: string): Promise<Id | null> =>
  unseal(ports, "application", text);
