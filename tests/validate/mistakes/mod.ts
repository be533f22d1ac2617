import { CLUSTERS } from "./clusters.ts";
import { ENDPOINTS } from "./endpoints.ts";
import { HTTP_FILTERS } from "./http.ts";
import { LISTENERS } from "./listeners.ts";
import type { Mistake } from "./mistake.ts";
import { REFERENCES } from "./references.ts";
import { ROUTES } from "./routes.ts";
import { TLS_MISTAKES } from "./tls.ts";

/** All mistakes, in the order of the table. */
export const MISTAKES: readonly Mistake[] = [
  ...CLUSTERS,
  ...ENDPOINTS,
  ...LISTENERS,
  ...HTTP_FILTERS,
  ...ROUTES,
  ...REFERENCES,
  ...TLS_MISTAKES,
];
