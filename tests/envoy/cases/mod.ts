import type { Case } from "../case.ts";
import { ALL_TYPES } from "./all-types.ts";
import { CLUSTERS } from "./clusters.ts";
import { ENDPOINTS } from "./endpoints.ts";
import { MAKE_BEFORE_BREAK } from "./make-before-break.ts";
import { MANY } from "./many.ts";
import { REJECTED } from "./rejected.ts";
import { ROUTES } from "./routes.ts";
import { TCP } from "./tcp.ts";

/** All that is shown with a real Envoy, in the order of the table. */
export const CASES: readonly Case[] = [
  ...ALL_TYPES,
  ...MANY,
  ...MAKE_BEFORE_BREAK,
  ...CLUSTERS,
  ...ENDPOINTS,
  ...TCP,
  ...ROUTES,
  ...REJECTED,
];
