import { TypedExtensionConfigSchema } from "../../../gen/envoy/config/core/v3/extension_pb.ts";
import { ClusterLoadAssignmentSchema } from "../../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import { RouteConfigurationSchema } from "../../../gen/envoy/config/route/v3/route_pb.ts";
import { SecretSchema } from "../../../gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.ts";
import { RuntimeSchema } from "../../../gen/envoy/service/runtime/v3/rtds_pb.ts";
import { isXdstp } from "../../resource/mod.ts";
import { type Check, check } from "../check.ts";
import type { Place } from "../place.ts";

const RULE = "resource.name";

/** Envoy looks whether a message has the name that it subscribed to. */
export const RESOURCE_NAME: readonly Check[] = [
  check(ClusterLoadAssignmentSchema, RULE, ({ clusterName }, at) => compare(clusterName, at, "cluster_name")),
  ...[RouteConfigurationSchema, SecretSchema, RuntimeSchema, TypedExtensionConfigSchema].map((schema) =>
    check(schema, RULE, ({ name }, at) => compare(name, at, "name"))
  ),
];

function compare(name: string, at: Place, path: string): void {
  // An empty one breaks a rule of the API; an `xdstp:` name has several spellings.
  if (at.ancestors.length > 1 || name === "" || name === at.resource.name || isXdstp(at.resource.name)) return;
  at.error({ path, message: `Must be the name of the resource, "${at.resource.name}"`, value: name });
}
