import type { Case } from "../case.ts";
import { ALL_TYPES } from "./all-types.ts";
import { MAKE_BEFORE_BREAK } from "./make-before-break.ts";
import { REJECTED } from "./rejected.ts";

/** All that is shown with a real Envoy, in the order of the table. */
export const CASES: readonly Case[] = [
  ...ALL_TYPES,
  ...REJECTED,
  ...MAKE_BEFORE_BREAK,
];
