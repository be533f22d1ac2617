import { type Bootstrap, bootstrap } from "../../examples/demo/bootstrap.ts";
import type { Client } from "./command.ts";

/** Seconds instead of half a minute, as everything here is scaled down. */
const HTTP2 = {
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
    "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    explicit_http_config: { http2_protocol_options: { connection_keepalive: { interval: "1s", timeout: "2s" } } },
  },
};

/** What an Envoy starts with: its xDS cluster has each replica as an endpoint. @param ports - of the ways to them */
export function bootstrapOf({ node, mode }: Client, ports: readonly number[]): Bootstrap {
  // The address of the server is replaced below.
  const usual = bootstrap({ ...mode, nodeId: node, xdsPort: 1 });
  const endpoints = ports.map((port) => ({
    endpoint: { address: { socket_address: { address: "127.0.0.1", port_value: port } } },
  }));
  const clusters = usual.static_resources.clusters.map((cluster) => ({
    ...cluster,
    typed_extension_protocol_options: HTTP2,
    load_assignment: { cluster_name: "xds", endpoints: [{ lb_endpoints: endpoints }] },
  }));
  return { ...usual, static_resources: { clusters } };
}
