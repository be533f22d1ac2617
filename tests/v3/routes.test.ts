import { describe, expect, it } from "vitest";
import { routeConfig, type RouteRule, type Routes, type RouteTarget } from "../../src/v3/mod.ts";
import { jsonOf } from "./json-of.ts";

describe("a route", () => {
  it.each<[RouteRule, object]>([
    [{ cluster: "a" }, { prefix: "/" }],
    [{ prefix: "/api", cluster: "a" }, { prefix: "/api" }],
    [{ path: "/exact", cluster: "a" }, { path: "/exact" }],
    [{ regex: "/v\\d", cluster: "a" }, { safeRegex: { regex: "/v\\d" } }],
    [{ regex: /^\/v\d$/i, cluster: "a" }, { safeRegex: { regex: "(?i)^\\/v\\d$" } }],
    [{ method: "GET", cluster: "a" }, { prefix: "/", headers: [header(":method", { exact: "GET" })] }],
    [
      { method: ["GET", "PUT"], cluster: "a" },
      { prefix: "/", headers: [header(":method", { safeRegex: { regex: "GET|PUT" } })] },
    ],
    [
      { headers: { a: "1", b: /x/, c: true, d: false }, cluster: "a" },
      {
        prefix: "/",
        headers: [
          header("a", { exact: "1" }),
          header("b", { safeRegex: { regex: "x" } }),
          { name: "c", presentMatch: true },
          { name: "d", presentMatch: false },
        ],
      },
    ],
    [
      { query: { a: "1", b: true }, cluster: "a" },
      { prefix: "/", queryParameters: [header("a", { exact: "1" }), { name: "b", presentMatch: true }] },
    ],
    [{ match: { grpc: {}, headers: [{ name: "x" }] }, headers: { y: true }, cluster: "a" }, {
      prefix: "/",
      grpc: {},
      headers: [{ name: "x" }, { name: "y", presentMatch: true }],
    }],
  ])("%j is for the requests that it says", (rule, match) => {
    expect(routesIn([rule])[0].match).toEqual(match);
  });

  it.each<[string | RouteTarget, object]>([
    ["a", { route: { cluster: "a" } }],
    [{ cluster: "a", timeout: "1.5s" }, { route: { cluster: "a", timeout: "1.500s" } }],
    [{ cluster: "a", timeout: 0 }, { route: { cluster: "a", timeout: "0s" } }],
    [{ clusters: { a: 95, b: 5, c: 0 } }, {
      route: {
        weightedClusters: { clusters: [{ name: "a", weight: 95 }, { name: "b", weight: 5 }, { name: "c", weight: 0 }] },
      },
    }],
    [{ cluster: "a", retry: 3 }, {
      route: { cluster: "a", retryPolicy: { numRetries: 3, retryOn: "connect-failure,refused-stream,unavailable" } },
    }],
    [{ cluster: "a", retry: { attempts: 2, on: "5xx", perTryTimeout: 250, retriableStatusCodes: [409] } }, {
      route: {
        cluster: "a",
        retryPolicy: { numRetries: 2, retryOn: "5xx", perTryTimeout: "0.250s", retriableStatusCodes: [409] },
      },
    }],
    [{ cluster: "a", rewrite: "/b" }, { route: { cluster: "a", prefixRewrite: "/b" } }],
    [{ cluster: "a", rewrite: { prefix: "/b", host: "h" } }, {
      route: { cluster: "a", prefixRewrite: "/b", hostRewriteLiteral: "h" },
    }],
    [{ cluster: "a", rewrite: { regex: { pattern: "x", to: "\\1" }, host: true } }, {
      route: { cluster: "a", regexRewrite: { pattern: { regex: "x" }, substitution: "\\1" }, autoHostRewrite: true },
    }],
    [{ cluster: "a", forward: { idleTimeout: "1m" } }, { route: { cluster: "a", idleTimeout: "60s" } }],
    [{ redirect: { https: true } }, { redirect: { httpsRedirect: true } }],
    [{ redirect: { host: "h", port: 81, path: "/p", status: 307, stripQuery: true } }, {
      redirect: {
        hostRedirect: "h",
        portRedirect: 81,
        pathRedirect: "/p",
        responseCode: "TEMPORARY_REDIRECT",
        stripQuery: true,
      },
    }],
    [{ redirect: { prefix: "/p" } }, { redirect: { prefixRewrite: "/p" } }],
    [{ respond: { status: 404 } }, { directResponse: { status: 404 } }],
    [{ respond: { status: 200, body: "b" } }, { directResponse: { status: 200, body: { inlineString: "b" } } }],
    [{ action: { case: "nonForwardingAction", value: {} } }, { nonForwardingAction: {} }],
    [{ cluster: "a", name: "n", requestHeadersToRemove: ["x"] }, {
      name: "n",
      requestHeadersToRemove: ["x"],
      route: { cluster: "a" },
    }],
  ])("to %j does what it says", (target, expected) => {
    const { match, ...action } = routesIn({ "/": target })[0];
    expect(match).toEqual({ prefix: "/" });
    expect(action).toEqual(expected);
  });

  it.each<[RouteRule, RegExp]>([
    [{}, /^Cannot make route "\/": give exactly one of cluster, clusters, .*; it has none$/],
    [{ path: "/x", cluster: "a", respond: { status: 200 } }, /route "\/x": .*; it has cluster and respond$/],
    [{ prefix: "/a", path: "/b", cluster: "a" }, /give one of prefix, path and regex/],
    [
      { cluster: "a", timeout: "5 s" },
      /Cannot read "5 s" as timeout: give milliseconds as a number, or a text such as/,
    ],
    [{ cluster: "a", timeout: -1 }, /Cannot use -1 as timeout/],
    [{ clusters: { a: 0 } }, /weights with a sum of 0/],
    [{ clusters: {} }, /weights with a sum of 0/],
    [{ clusters: { a: 0.5 } }, /Cannot use 0.5 as the weight of cluster "a"/],
    [{ cluster: "a", rewrite: { prefix: "/", regex: { pattern: "", to: "" } } }, /by prefix and regex: give one/],
    [{ redirect: { prefix: "/", path: "/" } }, /to a path and a prefix: give one/],
    [{ redirect: { status: 300 as never } }, /Cannot redirect with status 300: give one of 301, 302, 303, 307, 308/],
    [{ prefix: "cart", cluster: "a" }, /^Cannot use "cart" as the prefix of a route: it must begin .* as in "\/cart"$/],
    [{ path: "cart", cluster: "a" }, /^Cannot use "cart" as the path of a route: it must begin with a slash/],
    [{ regex: /a/m, cluster: "a" }, /of its flags Envoy knows i only/],
  ])("%j is an error that says what to write", (rule, message) => {
    expect(() => routeConfig("r", [rule])).toThrow(message);
  });
});

describe("a route configuration", () => {
  it("of a table has longer prefixes first, since Envoy takes the first route that matches", () => {
    const routes = routesIn({ "/": "a", "/b": "b", "/b/long": "c", "/c": "d" });
    expect(routes.map(({ match }: { match: { prefix: string } }) => match.prefix)).toEqual([
      "/b/long",
      "/b",
      "/c",
      "/",
    ]);
  });

  it("may have an empty prefix, which any path begins with, and the path of OPTIONS *", () => {
    const routes = routesIn([{ prefix: "", cluster: "a" }, { path: "*", cluster: "a" }]);
    expect(routes).toMatchObject([{ match: { prefix: "" } }, { match: { path: "*" } }]);
  });

  it("of a list keeps its order", () => {
    const routes = routesIn([{ prefix: "/", cluster: "a" }, { prefix: "/b", cluster: "b" }]);
    expect(routes.map(({ match }: { match: { prefix: string } }) => match.prefix)).toEqual(["/", "/b"]);
  });

  it("is for all domains, or has virtual hosts", () => {
    expect(jsonOf(routeConfig("r", { "/": "a" })).virtualHosts).toMatchObject([{ name: "all", domains: ["*"] }]);
    expect(jsonOf(routeConfig("r", [])).virtualHosts).toEqual([{ name: "all", domains: ["*"] }]);
    const hosts = jsonOf(routeConfig("r", [
      { domains: ["a.com", "www.a.com"], routes: { "/": "a" }, includeRequestAttemptCount: true },
      { domains: ["*"], routes: [{ path: "/b", cluster: "b" }], name: "rest" },
    ])).virtualHosts;
    expect(hosts).toMatchObject([
      { name: "a.com", domains: ["a.com", "www.a.com"], routes: [{}], includeRequestAttemptCount: true },
      { name: "rest", domains: ["*"], routes: [{ match: { path: "/b" } }] },
    ]);
  });

  it("takes every other field of the message", () => {
    const json = jsonOf(routeConfig("r", { "/": "a" }, { responseHeadersToRemove: ["x"] }));
    expect(json).toMatchObject({ name: "r", responseHeadersToRemove: ["x"] });
  });

  it.each<[unknown, RegExp]>([
    [{ "a.com": { "/": "a" } }, /"a.com" as the prefix of a path: it must begin with a slash; domains are given in a/],
    [
      [{ domains: [], routes: { "/": "a" } }],
      /Cannot make a virtual host without domains; \["\*"\] is for all of them/,
    ],
    [[{ domains: ["*"], routes: { "/": "a" } }, { cluster: "a" }], /either virtual hosts or routes/],
    [routeConfig("r", { "/": "a" }), /give its name, "r", in place of the resource/],
    ["a", /give a table or a list/],
  ])("of %j is an error that says what to write", (routes, message) => {
    expect(() => routeConfig("r", routes as Routes)).toThrow(message);
  });
});

function header(name: string, stringMatch: object): object {
  return { name, stringMatch };
}

function routesIn(routes: Routes) {
  return jsonOf(routeConfig("r", routes)).virtualHosts[0].routes;
}
