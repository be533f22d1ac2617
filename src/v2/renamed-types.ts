import * as V3 from "../v3/types.ts";
import * as V2 from "./types.ts";

/** What each type of v3 was called before; the others came later. */
export const TYPES: ReadonlyMap<string, string> = new Map([
  [V3.LISTENER_TYPE, V2.LISTENER_TYPE],
  [V3.CLUSTER_TYPE, V2.CLUSTER_TYPE],
  [V3.ENDPOINT_TYPE, V2.ENDPOINT_TYPE],
  [V3.ROUTE_TYPE, V2.ROUTE_TYPE],
  [V3.SCOPED_ROUTE_TYPE, V2.SCOPED_ROUTE_TYPE],
  [V3.VIRTUAL_HOST_TYPE, V2.VIRTUAL_HOST_TYPE],
  [V3.SECRET_TYPE, V2.SECRET_TYPE],
  [V3.RUNTIME_TYPE, V2.RUNTIME_TYPE],
]);
