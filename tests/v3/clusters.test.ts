import { describe, expect, it } from "vitest";
import {
  dnsCluster,
  DnsLookupFamily,
  duration,
  type DurationValue,
  edsCluster,
  grpcSource,
  healthCheck,
  http2Upstream,
  LbPolicy,
  staticCluster,
  upstreamTls,
} from "../../src/v3/mod.ts";
import { jsonOf, jsonOfMessage } from "./json-of.ts";

const ADS = { ads: {}, resourceApiVersion: "V3" };
const HTTP2 = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

describe("a cluster", () => {
  it("with EDS comes with its endpoints", () => {
    const [cluster, endpoints] = edsCluster("a", ["10.0.0.1:80"]);
    expect(jsonOf(cluster)).toEqual({ name: "a", type: "EDS", edsClusterConfig: { edsConfig: ADS } });
    expect(jsonOf(endpoints)).toMatchObject({ clusterName: "a", endpoints: [{ lbEndpoints: [{}] }] });
  });

  it("with EDS has other names and sources", () => {
    const [cluster, endpoints] = edsCluster("a", [], { serviceName: "b", source: grpcSource({ cluster: "xds" }) });
    expect(jsonOf(cluster).edsClusterConfig).toMatchObject({ serviceName: "b", edsConfig: { apiConfigSource: {} } });
    expect([cluster.name, endpoints.name]).toEqual(["a", "b"]);
  });

  it("has its hosts inside", () => {
    expect(jsonOf(staticCluster("a", ["10.0.0.1:80"]))).toMatchObject({
      name: "a",
      type: "STATIC",
      loadAssignment: { clusterName: "a", endpoints: [{ lbEndpoints: [{}] }] },
    });
  });

  it("has names inside, of one or of several hosts", () => {
    expect(jsonOf(dnsCluster("a", ["a.test:80", "b.test:80"]))).toMatchObject({
      type: "STRICT_DNS",
      dnsLookupFamily: "V4_PREFERRED",
    });
    const logical = dnsCluster("a", ["a.test:80"], { logical: true, dnsLookupFamily: DnsLookupFamily.ALL });
    expect(jsonOf(logical)).toMatchObject({ type: "LOGICAL_DNS", dnsLookupFamily: "ALL" });
    expect(() => dnsCluster("a", [], { logical: true })).toThrow(
      'Cannot make the logical cluster "a" of 0 hosts: it takes exactly one',
    );
  });

  it("takes every other field, with durations in milliseconds or as a text", () => {
    const options = { connectTimeout: "250ms", cleanupInterval: 1_500, lbPolicy: LbPolicy.LEAST_REQUEST };
    const [cluster] = edsCluster("a", [], { ...options, resource: { version: "7" } });
    expect(jsonOf(cluster)).toMatchObject({
      connectTimeout: "0.250s",
      cleanupInterval: "1.500s",
      lbPolicy: "LEAST_REQUEST",
    });
    expect(cluster.version).toBe("7");
    expect(jsonOf(staticCluster("a", [], { connectTimeout: { seconds: 2n } })).connectTimeout).toBe("2s");
    expect(() => staticCluster("a", [], { connectTimeout: "fast" })).toThrow('Cannot read "fast" as connectTimeout');
  });

  it("speaks HTTP/2 and TLS", () => {
    const http2 = jsonOf(staticCluster("a", [], { http2: true })).typedExtensionProtocolOptions[HTTP2];
    expect(http2.explicitHttpConfig).toEqual({ http2ProtocolOptions: {} });
    const fields = { http2: { maxConcurrentStreams: 5 }, typedExtensionProtocolOptions: http2Upstream() };
    const both = jsonOf(staticCluster("a", [], fields)).typedExtensionProtocolOptions[HTTP2];
    expect(both.explicitHttpConfig).toEqual({ http2ProtocolOptions: { maxConcurrentStreams: 5 } });
    const tls = { ca: "ca", sni: "a.test" };
    const [byOptions, bySocket] = [tls, upstreamTls(tls)].map((tls) => jsonOf(staticCluster("a", [], { tls })));
    expect(byOptions.transportSocket.typedConfig.sni).toBe("a.test");
    expect(bySocket).toEqual(byOptions);
  });
});

describe("a health check", () => {
  it.each<[Parameters<typeof healthCheck>[0], object]>([
    [undefined, { tcpHealthCheck: {} }],
    [{ path: "/healthz" }, { httpHealthCheck: { path: "/healthz" } }],
    [{ grpc: true }, { grpcHealthCheck: {} }],
    [{ grpc: "a.B" }, { grpcHealthCheck: { serviceName: "a.B" } }],
    [{ interval: "5s", timeout: 250, noTrafficInterval: "1m" }, {
      tcpHealthCheck: {},
      interval: "5s",
      timeout: "0.250s",
      noTrafficInterval: "60s",
    }],
  ])("of %j", (options, expected) => {
    const defaults = { interval: "10s", timeout: "1s", unhealthyThreshold: 3, healthyThreshold: 1 };
    expect(jsonOfMessage(healthCheck(options))).toEqual({ ...defaults, ...expected });
  });

  it("is of one kind", () => {
    expect(() => healthCheck({ path: "/", grpc: true })).toThrow("Cannot check the health by path and grpc: give one");
    expect(() => healthCheck({ path: "healthz" })).toThrow('by the path "healthz": it must begin with a slash');
  });
});

describe("a duration", () => {
  it.each<[DurationValue, bigint, number]>([
    [0, 0n, 0],
    [1, 0n, 1_000_000],
    [1_500, 1n, 500_000_000],
    [0.25, 0n, 250_000],
    [999.9999999, 1n, 0],
    ["250ms", 0n, 250_000_000],
    ["1.5s", 1n, 500_000_000],
    ["0.1s", 0n, 100_000_000],
    ["2m", 120n, 0],
    ["1h", 3_600n, 0],
    [315_576_000_000_000, 315_576_000_000n, 0],
  ])("of %j", (value, seconds, nanos) => {
    expect(duration(value)).toEqual({ seconds, nanos });
  });

  it.each(["1.5", "s", "1 s", "-1s", "1.s", "1d", "", "1s2", "∞"])("is not %j, and the error says what is", (value) => {
    expect(() => duration(value)).toThrow(
      new TypeError(
        `Cannot read "${value}" as duration: give milliseconds as a number, or a text such as "250ms", "1.5s" or "2m"`,
      ),
    );
  });

  it.each([-1, NaN, Infinity, 315_576_000_000_001])("is not %s", (value) => {
    expect(() => duration(value, "timeout")).toThrow(
      `Cannot use ${value} as timeout: it must be from 0 to 10,000 years`,
    );
  });
});
