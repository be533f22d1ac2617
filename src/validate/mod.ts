/**
 * Finds what clients would reject in resources, before anything is sent.
 *
 * @module
 */
export type { Problem } from "./problem.ts";
