/** A kind of chat that a group can live on: its limits, defaults, and what its links look like. */
export type Carrier = {
  kind: string;
  /** The name that a prospect knows it by. */
  label: { en: string; "zh-CN": string };
  /** Seats of a group that names no capacity. */
  defaultCapacity: number;
  /** The most that the carrier itself allows. */
  maxCapacity: number;
  /** Days that a group's link or QR lives when no expiry is given; null: it does not expire. */
  linkDays: number | null;
  /** Hours before the expiry at which no seat is given any more. */
  defaultMarginHours: number;
  /** Whether a program can take somebody out of a group: else an operator does it by hand. */
  removes: boolean;
  /** URL schemes of a join link. */
  schemes: readonly string[];
  /** Hosts of a join link (and their subdomains); empty: any host. */
  hosts: readonly string[];
};
