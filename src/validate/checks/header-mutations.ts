import {
  RouteSchema,
  VirtualHostSchema,
  WeightedCluster_ClusterWeightSchema,
} from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { RouteConfigurationSchema } from "../../../gen/envoy/config/route/v3/route_pb.ts";
import { check } from "../check.ts";

/** Routes leave the headers alone by which requests are routed. */
export const HEADER_MUTATIONS = [
  RouteConfigurationSchema,
  VirtualHostSchema,
  RouteSchema,
  WeightedCluster_ClusterWeightSchema,
].map((schema) =>
  check(schema, "route.header_name", (message, at) => {
    const { requestHeadersToRemove, responseHeadersToRemove, requestHeadersToAdd, responseHeadersToAdd } = message;
    // Most routes change no headers, and there are many of them.
    if (
      requestHeadersToRemove.length + responseHeadersToRemove.length + requestHeadersToAdd.length +
          responseHeadersToAdd.length === 0
    ) return;
    for (const [i, name] of requestHeadersToRemove.entries()) {
      if (isFixed(name)) at.error({ path: `request_headers_to_remove[${i}]`, message: NOT_FIXED, value: name });
    }
    for (const [i, name] of responseHeadersToRemove.entries()) {
      if (isFixed(name)) at.error({ path: `response_headers_to_remove[${i}]`, message: NOT_FIXED, value: name });
    }
    for (
      const [field, list] of [
        ["request_headers_to_add", requestHeadersToAdd],
        ["response_headers_to_add", responseHeadersToAdd],
      ] as const
    ) {
      for (const [i, { header }] of list.entries()) {
        const key = header?.key ?? "";
        if (isFixed(key)) at.error({ path: `${field}[${i}].header.key`, message: NOT_FIXED, value: key });
      }
    }
  })
);

const NOT_FIXED = 'Must not be "host", nor begin with a colon';

function isFixed(name: string): boolean {
  return name.startsWith(":") || name.toLowerCase() === "host";
}
