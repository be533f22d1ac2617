import { describe, expect, it } from "vitest";
import {
  accessLog,
  downstreamTls,
  grpcSource,
  grpcTarget,
  HttpCodec,
  httpListener,
  routerFilter,
  socketAddress,
  tcpListener,
} from "../../src/v3/mod.ts";
import { jsonOf, jsonOfMessage } from "./json-of.ts";

describe("httpListener", () => {
  it("has its routes over RDS by ADS, or from elsewhere, or inside", () => {
    const listener = httpListener("web", { port: 8080, routes: "routes" });
    expect(jsonOf(listener)).toMatchObject({
      name: "web",
      address: { socketAddress: { address: "0.0.0.0", portValue: 8080 } },
      filterChains: [{ filters: [{ name: "envoy.filters.network.http_connection_manager" }] }],
    });
    expect(managerOf(listener)).toMatchObject({
      statPrefix: "web",
      rds: { routeConfigName: "routes", configSource: { ads: {} } },
      httpFilters: [{ name: "envoy.filters.http.router" }],
    });
    const source = grpcSource({ cluster: "xds" });
    const elsewhere = managerOf(httpListener("web", { port: 8080, routes: "routes", source }));
    expect(elsewhere.rds.configSource).toHaveProperty("apiConfigSource");
    const inside = managerOf(httpListener("web", { port: 8080, routes: { "/": "echo" } }));
    expect(inside.routeConfig).toMatchObject({
      name: "web",
      virtualHosts: [{ routes: [{ route: { cluster: "echo" } }] }],
    });
  });

  it("listens on other addresses", () => {
    const at = (address: string | ReturnType<typeof socketAddress>) => {
      return jsonOf(httpListener("web", { port: 1, address, routes: "r" })).address.socketAddress;
    };
    expect(at("::")).toEqual({ address: "::", portValue: 1 });
    expect(at(socketAddress("127.0.0.1", 2))).toEqual({ address: "127.0.0.1", portValue: 2 });
  });

  it("terminates TLS, with HTTP/2 in ALPN unless that is said", () => {
    const alpnOf = (tls: Parameters<typeof downstreamTls>[0] | ReturnType<typeof downstreamTls>) => {
      const { transportSocket } = jsonOf(httpListener("web", { port: 1, routes: "r", tls })).filterChains[0];
      return transportSocket.typedConfig.commonTlsContext.alpnProtocols;
    };
    expect(alpnOf({ certificate: "c" })).toEqual(["h2", "http/1.1"]);
    expect(alpnOf({ certificate: "c", alpn: ["http/1.1"] })).toEqual(["http/1.1"]);
    expect(alpnOf(downstreamTls({ certificate: "c" }))).toBeUndefined();
  });

  it("has logs", () => {
    const logsOf = (accessLog: Parameters<typeof httpListener>[1]["accessLog"]) => {
      return managerOf(httpListener("web", { port: 1, routes: "r", ...accessLog !== undefined && { accessLog } }))
        .accessLog;
    };
    expect(logsOf(undefined)).toBeUndefined();
    expect(logsOf(false)).toBeUndefined();
    expect(logsOf(true)).toEqual([jsonOfMessage(accessLog())]);
    expect(logsOf(accessLog({ to: "stderr" }))).toMatchObject([{ name: "envoy.access_loggers.stderr" }]);
    expect(logsOf([accessLog(), accessLog({ to: "/x" })])).toHaveLength(2);
  });

  it("takes every other field of the listener and of the HTTP connection manager", () => {
    const listener = httpListener("web", {
      port: 1,
      routes: "r",
      perConnectionBufferLimitBytes: 5,
      listenerFiltersTimeout: "2s",
      http: {
        codecType: HttpCodec.HTTP2,
        streamIdleTimeout: 1_000,
        statPrefix: "s",
        httpFilters: [{ name: "own" }, routerFilter()],
      },
      resource: { ttlMs: 7 },
    });
    expect(jsonOf(listener)).toMatchObject({ perConnectionBufferLimitBytes: 5, listenerFiltersTimeout: "2s" });
    expect(managerOf(listener)).toMatchObject({
      codecType: "HTTP2",
      streamIdleTimeout: "1s",
      statPrefix: "s",
      httpFilters: [{ name: "own" }, {}],
    });
    expect(listener.ttlMs).toBe(7);
  });
});

describe("tcpListener", () => {
  it("passes connections on to a cluster, or to several", () => {
    const [filter] =
      jsonOf(tcpListener("tcp", { port: 1, cluster: "a", tcp: { idleTimeout: "1h" } })).filterChains[0].filters;
    expect(filter).toMatchObject({
      name: "envoy.filters.network.tcp_proxy",
      typedConfig: { statPrefix: "tcp", cluster: "a", idleTimeout: "3600s" },
    });
    const several = tcpListener("tcp", {
      port: 1,
      cluster: { a: 1, b: 2 },
      accessLog: true,
      tls: { certificate: "c" },
    });
    const [chain] = jsonOf(several).filterChains;
    expect(chain.filters[0].typedConfig).toMatchObject({
      weightedClusters: { clusters: [{ name: "a", weight: 1 }, { name: "b", weight: 2 }] },
      accessLog: [{ name: "envoy.access_loggers.stdout" }],
    });
    expect(chain.transportSocket.typedConfig.commonTlsContext.alpnProtocols).toBeUndefined();
  });
});

describe("grpcTarget", () => {
  it("has no address, and routes over ADS or inside", () => {
    const { apiListener, ...listener } = jsonOf(grpcTarget("echo", { routes: "r", http: { statPrefix: "s" } }));
    expect(listener).toEqual({ name: "echo" });
    expect(apiListener.apiListener).toMatchObject({ rds: { routeConfigName: "r", configSource: { ads: {} } } });
    const inside = jsonOf(grpcTarget("echo", { routes: { "/": "echo" } })).apiListener.apiListener;
    expect(inside.routeConfig.virtualHosts[0].domains).toEqual(["*"]);
  });
});

describe("accessLog", () => {
  it.each<[Parameters<typeof accessLog>[0], string, object]>([
    [undefined, "stdout", {}],
    [{ to: "stderr" }, "stderr", {}],
    [{ to: "/var/log/access.log" }, "file", { path: "/var/log/access.log" }],
    [{ format: "%PATH%" }, "stdout", { logFormat: { textFormatSource: { inlineString: "%PATH%\n" } } }],
    [{ format: "%PATH%\n" }, "stdout", { logFormat: { textFormatSource: { inlineString: "%PATH%\n" } } }],
    [{ format: { p: "%PATH%" } }, "stdout", { logFormat: { jsonFormat: { p: "%PATH%" } } }],
  ])("of %j", (options, name, expected) => {
    const { "@type": _, ...config } = jsonOfMessage(accessLog(options)).typedConfig;
    expect(config).toEqual(expected);
    expect(jsonOfMessage(accessLog(options)).name).toBe(`envoy.access_loggers.${name}`);
  });

  it("is written to an absolute path", () => {
    expect(() => accessLog({ to: "access.log" })).toThrow('"access.log": give stdout, stderr or an absolute path');
  });
});

function managerOf(listener: ReturnType<typeof httpListener>) {
  return jsonOf(listener).filterChains[0].filters[0].typedConfig;
}
