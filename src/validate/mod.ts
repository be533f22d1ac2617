/**
 * Finds what clients would reject in resources, before anything is sent.
 *
 * @module
 */
export type { Problem } from "./problem.ts";
export type { Severity, ValidateOptions } from "./options.ts";
export { validate } from "./validate.ts";
export { admitValid, type AdmitValidOptions } from "./admit-valid.ts";
