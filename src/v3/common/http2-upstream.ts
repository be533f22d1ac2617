import { Http2ProtocolOptionsSchema } from "../../../gen/envoy/config/core/v3/protocol_pb.ts";
import { HttpProtocolOptionsSchema } from "../../../gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.ts";
import type { Any } from "../message-types.ts";
import { typedConfig } from "../typed-config.ts";
import { withDurations } from "./fields.ts";
import type { Http2Fields } from "./message-fields.ts";

/**
 * Makes the field `typedExtensionProtocolOptions` of a cluster whose hosts speak HTTP/2, such as servers of gRPC; the
 * option `http2` of {@link edsCluster} and others does the same.
 *
 * @param fields - of `Http2ProtocolOptions`, such as `connectionKeepalive`. Default: none.
 *
 * @example
 * ```ts
 * cluster({ name: "grpc", typedExtensionProtocolOptions: http2Upstream() });
 * ```
 */
export function http2Upstream(fields: Http2Fields = {}): Record<string, Any> {
  const http2ProtocolOptions = withDurations(Http2ProtocolOptionsSchema, fields);
  const options = typedConfig(HttpProtocolOptionsSchema, {
    upstreamProtocolOptions: {
      case: "explicitHttpConfig",
      value: { protocolConfig: { case: "http2ProtocolOptions", value: http2ProtocolOptions } },
    },
  });
  return { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options };
}
