import type { Place } from "./place.ts";
import { API_PLACES } from "./places-api.ts";
import { CACHE_PLACES } from "./places-cache.ts";
import { SERVER_PLACES } from "./places-server.ts";
import { SOURCE_PLACES } from "./places-source.ts";

/** The places that clients of a server reach: rows of the matrix. */
export const PLACES: Readonly<Record<string, Place>> = {
  ...SERVER_PLACES,
  ...CACHE_PLACES,
  ...SOURCE_PLACES,
  ...API_PLACES,
};
