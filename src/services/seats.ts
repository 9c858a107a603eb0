import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import { findSeat, type Seat } from "../store/seat.ts";
import { readPass, recoveryCodeOf } from "./passes.ts";

/** A participant's own page: the seat, the own invite, the progress, and the way back in. */
export type OwnPage = Seat & { recoveryCode: string };

/**
 * What the holder of a pass may see.
 * @throws Problem `pass_not_found`
 */
export async function openPass(ports: Ports, pass: string): Promise<OwnPage> {
  const id = await readPass(ports, pass);
  const seat = id === null ? undefined : await findSeat(ports.db, id);
  if (id === null || seat === undefined) throw new Problem("pass_not_found", "This link is not a pass.");
  return { ...seat, recoveryCode: await recoveryCodeOf(ports, id) };
}
