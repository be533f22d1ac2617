import { type Cluster, ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { HttpProtocolOptionsSchema } from "../../../gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.ts";
import { check } from "../check.ts";
import type { Place } from "../place.ts";
import { typeNameIn } from "../typed-struct.ts";

const TLS = "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";

/** A protocol that both sides agree on needs TLS to do so, and HTTP/3 needs QUIC. */
export const CLUSTER_HTTP_OPTIONS = check(HttpProtocolOptionsSchema, "cluster.http_options", (options, at) => {
  const cluster = at.around(ClusterSchema);
  const { upstreamProtocolOptions: { case: is, value } } = options;
  if (is === "autoConfig") {
    if (value.http3ProtocolOptions !== undefined && value.alternateProtocolsCacheOptions === undefined) {
      at.error({ path: "auto_config", message: "Must have alternate_protocols_cache_options, since it has HTTP/3" });
    }
    if (cluster !== undefined && isPlain(cluster)) {
      at.error({ path: "auto_config", message: "Must be in a cluster with TLS, by which the protocol is chosen" });
    }
  } else if (is === "explicitHttpConfig" && value.protocolConfig.case === "http3ProtocolOptions") {
    if (cluster !== undefined) checkQuic(cluster, at);
  }
});

/** Whether a cluster has no transport socket of any kind, so that its connections are plain ones. */
function isPlain({ transportSocket, transportSocketMatches, transportSocketMatcher }: Cluster): boolean {
  return transportSocket === undefined && transportSocketMatches.length === 0 && transportSocketMatcher === undefined;
}

function checkQuic(cluster: Cluster, at: Place): void {
  const { configType } = cluster.transportSocket ?? {};
  const isTls = configType?.case === "typedConfig" && typeNameIn(configType.value) === TLS;
  if (!isTls && !isPlain(cluster)) return;
  const path = "explicit_http_config.http3_protocol_options";
  at.error({ path, message: "Must be in a cluster with a transport socket of QUIC" });
}
