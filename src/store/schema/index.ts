export * from "./boards.ts";
export * from "./campaigns.ts";
export * from "./communities.ts";
export * from "./ledger.ts";
export * from "./outbox.ts";
export * from "./people.ts";
export * from "./scans.ts";
export * from "./tenancy.ts";
