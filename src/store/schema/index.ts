export * from "./campaigns.ts";
export * from "./communities.ts";
export * from "./ledger.ts";
export * from "./people.ts";
export * from "./tenancy.ts";
