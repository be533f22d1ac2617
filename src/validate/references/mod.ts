import type { Check } from "../check.ts";
import { FIELD_REFERENCES } from "./fields.ts";
import { ROUTE_REFERENCES } from "./routes.ts";
import { SOURCE_REFERENCES } from "./sources.ts";
import { TCP_PROXY_REFERENCES } from "./tcp-proxy.ts";

/** All that reads references from resources. */
export const REFERENCES: readonly Check[] = [
  ...FIELD_REFERENCES,
  ...ROUTE_REFERENCES,
  ...SOURCE_REFERENCES,
  ...TCP_PROXY_REFERENCES,
];
