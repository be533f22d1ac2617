/**
 * Envoy's xDS API v2, for clients of before 2021: the same server with another table.
 *
 * @module
 */
export { asV2 } from "./as-v2.ts";
export { v2 } from "./table.ts";
export * from "./types.ts";
