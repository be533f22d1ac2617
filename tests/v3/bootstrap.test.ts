import { describe, expect, it } from "vitest";
import { bootstrap, grpcBootstrap } from "../../src/v3/mod.ts";

const SERVERS: readonly [server: string, type: string, address: string, port: number][] = [
  ["127.0.0.1:18000", "STATIC", "127.0.0.1", 18000],
  ["xds.example.com:443", "STRICT_DNS", "xds.example.com", 443],
  ["[::1]:18000", "STATIC", "::1", 18000],
];

describe("bootstrap()", () => {
  it.each(SERVERS)("makes a cluster of %s, with HTTP/2", (server, type, address, port_value) => {
    const [cluster] = bootstrap({ server, node: "edge-1" }).static_resources.clusters;
    const endpoint = { address: { socket_address: { address, port_value } } };
    expect(cluster).toMatchObject({
      type,
      load_assignment: { endpoints: [{ lb_endpoints: [{ endpoint }] }] },
      typed_extension_protocol_options: { [HTTP_OPTIONS]: { explicit_http_config: { http2_protocol_options: {} } } },
    });
  });

  it.each(["127.0.0.1", "localhost:", "localhost:0", "localhost:70000", "http://localhost:1", "::1:18000", "", " :1"])(
    "says what is wrong with the server %j",
    (server) => {
      const expected = `Cannot use the server ${JSON.stringify(server)}: ` +
        "it must be a host and a port, such as 127.0.0.1:18000";
      expect(() => bootstrap({ server, node: "a" })).toThrow(expected);
      expect(() => grpcBootstrap({ server, node: "a" })).toThrow(expected);
    },
  );

  it("has no certificate of the client unless both files are given", () => {
    const tls = { caFile: "/ca.pem", certFile: "/cert.pem" };
    const [cluster] = bootstrap({ server: "a.example:1", node: "a", tls }).static_resources.clusters;
    expect(JSON.stringify(cluster)).not.toContain("tls_certificates");
    expect(JSON.stringify(cluster)).toContain('"sni":"a.example"');
  });
});

const HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
