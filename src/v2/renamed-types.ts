import * as V3 from "../v3/types.ts";
import * as V2 from "./types.ts";

/** The types of v3 that v2 has, with their URLs in v2. */
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

/** The name in v3 of a message type of v2; any other name unchanged. */
export function nameInV3(typeName: string): string {
  return NAMES_IN_V3.get(typeName) ?? typeName;
}

const NAMES_IN_V3: ReadonlyMap<string, string> = new Map([...TYPES].map(([v3, v2]) => [bare(v2), bare(v3)]));

function bare(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
}
