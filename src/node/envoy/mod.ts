/**
 * Validation by a real Envoy, on runtimes that can start programs.
 *
 * @module
 */
export { validateWithEnvoy, type ValidateWithEnvoyOptions } from "./validate-with-envoy.ts";
export type { Problem } from "../../validate/problem.ts";
