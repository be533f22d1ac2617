import { type Cluster, ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { HttpProtocolOptionsSchema } from "../../../gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.ts";
import { check } from "../check.ts";
import { unpack } from "../known-types.ts";

/** Health checks by gRPC need HTTP/2. */
export const CLUSTER_GRPC_HEALTH = check(ClusterSchema, "cluster.grpc_health_check", (cluster, at) => {
  const index = cluster.healthChecks.findIndex(({ healthChecker }) => healthChecker.case === "grpcHealthCheck");
  if (index < 0 || speaksHttp2(cluster)) return;
  at.error({
    path: `health_checks[${index}].grpc_health_check`,
    message: "Must be in a cluster with HTTP/2",
    hint: "Add HttpProtocolOptions with http2_protocol_options",
  });
});

function speaksHttp2({ http2ProtocolOptions, typedExtensionProtocolOptions }: Cluster): boolean {
  if (http2ProtocolOptions !== undefined) return true;
  const any = typedExtensionProtocolOptions[HttpProtocolOptionsSchema.typeName];
  if (any === undefined) return false;
  try {
    const { upstreamProtocolOptions: { case: is, value } } = unpack(any)!.message as HttpOptions;
    return is !== "explicitHttpConfig" || value.protocolConfig.case !== "httpProtocolOptions";
  } catch {
    // Bytes that cannot be read are reported as such.
    return true;
  }
}

type HttpOptions =
  import("../../../gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.ts").HttpProtocolOptions;
