import type { Case } from "../case.ts";
import { ADMIT } from "./admit.ts";
import { ALL_TYPES } from "./all-types.ts";
import { BOOTSTRAP } from "./bootstrap.ts";
import { CANARY } from "./canary.ts";
import { CLUSTERS } from "./clusters.ts";
import { ENDPOINTS } from "./endpoints.ts";
import { EXTENSIONS } from "./extensions.ts";
import { HEALTH } from "./health.ts";
import { ISOLATED } from "./isolated.ts";
import { LIFE_CYCLE } from "./life-cycle.ts";
import { MAKE_BEFORE_BREAK } from "./make-before-break.ts";
import { MAKERS } from "./makers.ts";
import { MAKERS_TLS } from "./makers-tls.ts";
import { MANY } from "./many.ts";
import { NAMES } from "./names.ts";
import { ON_DEMAND_CLUSTERS } from "./on-demand-clusters.ts";
import { REJECTED } from "./rejected.ts";
import { REJECTED_ENDPOINTS } from "./rejected-endpoints.ts";
import { REJECTED_SIBLINGS } from "./rejected-siblings.ts";
import { ROUTES } from "./routes.ts";
import { RUNTIME } from "./runtime.ts";
import { SECRETS } from "./secrets.ts";
import { TCP } from "./tcp.ts";
import { TROUBLES } from "./troubles.ts";
import { TTL } from "./ttl.ts";
import { VIRTUAL_HOSTS } from "./virtual-hosts.ts";

/** All that is shown with a real Envoy, in the order of the table. */
export const CASES: readonly Case[] = [
  ...ALL_TYPES,
  ...MANY,
  ...MAKERS,
  ...MAKERS_TLS,
  ...MAKE_BEFORE_BREAK,
  ...CLUSTERS,
  ...ON_DEMAND_CLUSTERS,
  ...ENDPOINTS,
  ...TCP,
  ...ROUTES,
  ...VIRTUAL_HOSTS,
  ...NAMES,
  ...SECRETS,
  ...RUNTIME,
  ...TTL,
  ...EXTENSIONS,
  ...ADMIT,
  ...REJECTED,
  ...REJECTED_ENDPOINTS,
  ...REJECTED_SIBLINGS,
  ...ISOLATED,
  ...CANARY,
  ...HEALTH,
  ...LIFE_CYCLE,
  ...TROUBLES,
  ...BOOTSTRAP,
];
