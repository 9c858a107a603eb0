export const SCAN_KINDS = ["person", "bot", "preview", "prefetch"] as const;
/** What came: only a `person` counts. */
export type ScanKind = (typeof SCAN_KINDS)[number];

export const DEVICES = ["phone", "tablet", "computer", "other"] as const;
export type Device = (typeof DEVICES)[number];
