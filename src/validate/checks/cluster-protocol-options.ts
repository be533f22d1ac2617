import { ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { check } from "../check.ts";
import { typeNameOf } from "../known-types.ts";

/** The options of HTTP upstream have a fixed key, which Envoy looks their factory up by. */
export const CLUSTER_PROTOCOL_OPTIONS = check(ClusterSchema, "cluster.protocol_options", (cluster, at) => {
  const options = cluster.typedExtensionProtocolOptions;
  for (const key in options) {
    if (key === HTTP || typeNameOf(options[key]!.typeUrl) !== HTTP) continue;
    at.error({
      path: `typed_extension_protocol_options[${JSON.stringify(key)}]`,
      message: `Must have the key ${HTTP}, which is that of its type`,
      value: key,
    });
  }
});

const HTTP = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
