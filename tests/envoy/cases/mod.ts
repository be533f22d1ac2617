import type { Case } from "../case.ts";
import { ALL_TYPES } from "./all-types.ts";
import { REJECTED } from "./rejected.ts";

/** All that is shown with a real Envoy, in the order of the table. */
export const CASES: readonly Case[] = [
  ...ALL_TYPES,
  ...REJECTED,
];
