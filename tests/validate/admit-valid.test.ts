import type { DescMessage } from "@bufbuild/protobuf";
import { describe, expect, it, vi } from "vitest";
import { CorsSchema } from "../../gen/envoy/extensions/filters/http/cors/v3/cors_pb.ts";
import { RouterSchema } from "../../gen/envoy/extensions/filters/http/router/v3/router_pb.ts";
import { HttpConnectionManagerSchema } from "../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { UpstreamTlsContextSchema } from "../../gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts";
import { AdmissionError, LinearCache, type Resource, Snapshot, SnapshotCache } from "../../mod.ts";
import {
  ads,
  cluster,
  CLUSTER_TYPE,
  endpoints,
  extensionConfig,
  listener,
  ROUTE_TYPE,
  routeConfiguration,
  secret,
  socketAddress,
  typedConfig,
} from "../../src/v3/mod.ts";
import { admitValid, type AdmitValidOptions, type Problem } from "../../src/validate/mod.ts";

const second = { seconds: 1n };
const eds = (name: string): Resource =>
  cluster({
    name,
    connectTimeout: second,
    clusterDiscoveryType: { case: "type", value: 3 },
    edsClusterConfig: { edsConfig: ads() },
  });
const routeTo = (name: string, target: string, init: { validateClusters?: boolean } = {}): Resource =>
  routeConfiguration({
    ...init,
    name,
    virtualHosts: [{
      name: "all",
      domains: ["*"],
      routes: [{
        match: { pathSpecifier: { case: "prefix", value: "/" } },
        action: { case: "route", value: { clusterSpecifier: { case: "cluster", value: target } } },
      }],
    }],
  });
const listenerAt = (name: string, port: number): Resource =>
  listener({ name, address: socketAddress("0.0.0.0", port), filterChains: [{}] });
const WHOLE = [eds("a"), eds("b"), endpoints({ clusterName: "a" }), endpoints({ clusterName: "b" }), routeTo("r", "a")];

/** A cache with a whole configuration, and the warnings of what is published to it. */
function start(options: AdmitValidOptions = {}) {
  const warnings: Problem[] = [];
  const admit = admitValid({ ...options, onWarnings: (list) => warnings.push(...list) });
  const cache = new SnapshotCache({ admit });
  cache.setSnapshot("all", new Snapshot({ resources: WHOLE }));
  expect(warnings).toEqual([]);
  const change = (by: Parameters<Snapshot["with"]>[0]): string[] => {
    try {
      cache.setSnapshot("all", cache.getSnapshot("all")!.with(by));
      return [];
    } catch (error) {
      return (error as AdmissionError).problems.filter(({ severity }) => severity === "error").map(({ rule }) => rule);
    }
  };
  return { cache, change, warnings };
}

describe("admitValid()", () => {
  it("prints warnings unless it is given onWarnings, a line for each of the first", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    try {
      const cache = new SnapshotCache({ admit: admitValid() });
      cache.setSnapshot("all", WHOLE);
      expect(warn).not.toHaveBeenCalled();
      cache.setSnapshot("all", [...WHOLE, routeTo("r\n", "nowhere")]);
      expect(warn.mock.calls).toHaveLength(1);
      expect(warn.mock.calls[0]![0]).toMatch(/^Warning: RouteConfiguration "r\\u000a" .*nowhere/);
      warn.mockClear();
      cache.setSnapshot("all", [...WHOLE, ...Array.from({ length: 13 }, (_, i) => routeTo(`more-${i}`, "nowhere"))]);
      expect(warn.mock.calls).toHaveLength(11);
      expect(warn.mock.calls[10]).toEqual(["Warning: and 3 more"]);
    } finally {
      warn.mockRestore();
    }
  });

  it("refuses a resource that breaks a rule of the API", () => {
    const { change } = start();
    expect(change({ update: [cluster({ name: "c", connectTimeout: { seconds: 0n } })] })).toEqual(["duration.gt"]);
  });

  it("warns of a route over RDS to a cluster that does not exist, with the likely name", () => {
    const { change, warnings } = start();
    expect(change({ update: [routeTo("r", "aa")] })).toEqual([]);
    expect(warnings).toEqual([{
      severity: "warning",
      typeUrl: ROUTE_TYPE,
      resource: "r",
      path: "virtual_hosts[0].routes[0].route.cluster",
      rule: "reference.cluster",
      message: "Must be the name of a Cluster that exists",
      value: "aa",
      hint: 'Did you mean "a"?',
    }]);
  });

  it("refuses such a route where Envoy would, or where the options say so", () => {
    expect(start().change({ update: [routeTo("r", "c", { validateClusters: true })] })).toEqual(["reference.cluster"]);
    const strict = start({ rules: { reference: "error" } });
    expect(strict.change({ update: [routeTo("r", "c")] })).toEqual(["reference.cluster"]);
    const known = start({ rules: { reference: "error" }, external: { [CLUSTER_TYPE]: ["c"] } });
    expect(known.change({ update: [routeTo("r", "c")] })).toEqual([]);
  });

  it("finds the resources that refer to one that is removed", () => {
    const { change } = start({ rules: { reference: "error" } });
    expect(change({ remove: { [CLUSTER_TYPE]: ["a"] } })).toEqual(["reference.cluster"]);
    expect(change({ remove: { [CLUSTER_TYPE]: ["b"] } })).toEqual([]);
    expect(
      change({
        update: [routeTo("r", "c"), eds("c"), endpoints({ clusterName: "c" })],
        remove: { [CLUSTER_TYPE]: ["a"] },
      }),
    )
      .toEqual([]);
  });

  it("says of a reference to what a change removes that the change removes it, and gives no other spelling", () => {
    const { change, warnings } = start();
    change({ remove: { [CLUSTER_TYPE]: ["a"] } });
    expect(warnings.map(({ rule, hint }) => [rule, hint])).toEqual([["reference.cluster", "This change removes it"]]);
  });

  it("refuses a secret that becomes one of another kind than a cluster needs, and one that is new", () => {
    const { change } = start();
    const server = secret({ name: "s", type: { case: "genericSecret", value: {} } });
    const key = { specifier: { case: "inlineString", value: "a".repeat(80) } } as const;
    const other = secret({ name: "s", type: { case: "sessionTicketKeys", value: { keys: [key] } } });
    const trusted = secret({ name: "s", type: { case: "validationContext", value: {} } });
    const next = secret({ name: "s", type: { case: "validationContext", value: { allowExpiredCertificate: false } } });
    expect(change({ update: [trusting("t", "s"), endpoints({ clusterName: "t" })] })).toEqual([]);
    expect(change({ update: [server] })).toEqual(["reference.secret"]);
    expect(change({ update: [trusted] })).toEqual([]);
    expect(change({ update: [next] })).toEqual([]);
    expect(change({ update: [other] })).toEqual(["reference.secret"]);
    // That of the cluster, once: it is in the change itself.
    expect(change({ update: [other, trusting("t", "s")] })).toEqual(["reference.secret"]);
    expect(change({ update: [other], remove: { [CLUSTER_TYPE]: ["t"] } })).toEqual([]);
  });

  it("refuses an extension that becomes one of a type that a filter does not list", () => {
    const { change } = start();
    expect(change({ update: [listenerWith("l", "e", RouterSchema)] })).toEqual([]);
    expect(change({ update: [extensionOf("e", CorsSchema)] })).toEqual(["reference.extension"]);
    expect(change({ update: [extensionOf("e", RouterSchema)] })).toEqual([]);
    expect(change({ update: [extensionOf("e", CorsSchema)] })).toEqual(["reference.extension"]);
    expect(change({ update: [extensionOf("e", CorsSchema), listenerWith("l", "e", CorsSchema)] })).toEqual([]);
  });

  it("looks at nothing that refers to a secret which stays of its kind", () => {
    const { change, cache } = start();
    change({ update: [trusting("t", "s"), endpoints({ clusterName: "t" })] });
    change({ update: [secret({ name: "s", type: { case: "validationContext", value: {} } })] });
    const count = countReads(cache.getSnapshot("all")!.get(CLUSTER_TYPE, "t")!);
    const next = secret({ name: "s", type: { case: "validationContext", value: { allowExpiredCertificate: false } } });
    expect(change({ update: [next] })).toEqual([]);
    expect(count()).toBe(0);
  });

  it("refuses an address that another listener has, and takes it once that is removed", () => {
    const { change } = start();
    expect(change({ update: [listenerAt("one", 80)] })).toEqual([]);
    expect(change({ update: [listenerAt("two", 80)] })).toEqual(["duplicate.listener_address"]);
    expect(change({ update: [listenerAt("two", 80), listenerAt("one", 81)] })).toEqual([]);
    expect(change({ update: [listenerAt("two", 80)] })).toEqual([]);
  });

  it("warns of a name that is there twice with the same content", () => {
    const { cache, warnings } = start();
    cache.setSnapshot("all", new Snapshot({ resources: [...WHOLE, eds("a")] }));
    expect(warnings.map(({ rule }) => rule)).toEqual(["duplicate.name"]);
  });

  it("refuses a name that is there twice with different content, once", () => {
    const { cache, change } = start();
    const other = cluster({ name: "a", connectTimeout: { seconds: 2n } });
    const twice = new Snapshot({ resources: [other, ...WHOLE] });
    expect(() => cache.setSnapshot("all", twice)).toThrow(/duplicate\.name/);
    const lax = start({ rules: { "duplicate.name": "warning" } });
    lax.cache.setSnapshot("all", twice);
    expect(lax.warnings.map(({ rule }) => rule)).toEqual(["duplicate.name"]);
    expect(lax.change({ update: [eds("b")] })).toEqual([]);
    expect(lax.warnings).toHaveLength(1);
    expect(change({ update: [eds("b")] })).toEqual([]);
  });

  it("prints a warning once, however often the same is published", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const cache = new SnapshotCache({ admit: admitValid({ rules: { "duplicate.name": "warning" } }) });
    const other = cluster({ name: "a", connectTimeout: { seconds: 2n } });
    for (let i = 0; i < 3; i++) {
      cache.setSnapshot(`node${i}`, new Snapshot({ resources: [other, ...WHOLE] }));
    }
    expect(warn.mock.calls.filter(([line]) => String(line).includes("duplicate.name"))).toHaveLength(1);
    warn.mockRestore();
  });

  it("reads a resource once, whatever it is published with", () => {
    const admit = admitValid({ onWarnings: () => {} });
    const cache = new SnapshotCache({ admit });
    const many = Array.from({ length: 100 }, (_, i) => eds(`c${i}`));
    const reads = many.map((resource) => countReads(resource));
    const first = new Snapshot({ resources: many });
    cache.setSnapshot("one", first);
    const before = reads.map((count) => count());
    cache.setSnapshot("two", first.with({ update: [eds("c0")] }));
    cache.setSnapshot("one", first.with({ update: [listenerAt("one", 80)] }));
    expect(before.every((count) => count > 0)).toBe(true);
    expect(reads.slice(1).map((count, i) => count() - before[i + 1]!)).toEqual(many.slice(1).map(() => 0));
  });

  it("looks at no other types in a LinearCache", () => {
    const cache = new LinearCache(ROUTE_TYPE, {
      admit: admitValid({ rules: { reference: "error" }, onWarnings: () => {} }),
    });
    cache.apply({ update: [routeTo("r", "nowhere")] });
    const twice = { name: "all", domains: ["*", "*"] };
    expect(() => cache.apply({ update: [routeConfiguration({ name: "s", virtualHosts: [twice] })] })).toThrow(
      /duplicate\.domain/,
    );
    expect(cache.resources().map(({ name }) => name)).toEqual(["r"]);
  });
});

/** Counts how often the bytes of a resource are read. */
function countReads(resource: Resource): () => number {
  let count = 0;
  const { bytes } = resource;
  Object.defineProperty(resource, "bytes", { get: () => (count++, bytes) });
  return () => count;
}

/** A cluster that verifies certificates by a secret. */
function trusting(name: string, ca: string): Resource {
  const secretConfig = { name: ca, sdsConfig: ads() };
  const context = {
    commonTlsContext: { validationContextType: { case: "validationContextSdsSecretConfig", value: secretConfig } },
  } as const;
  return cluster({
    name,
    connectTimeout: second,
    clusterDiscoveryType: { case: "type", value: 3 },
    edsClusterConfig: { edsConfig: ads() },
    transportSocket: {
      name: "tls",
      configType: { case: "typedConfig", value: typedConfig(UpstreamTlsContextSchema, context) },
    },
  });
}

/** A listener with a filter over ECDS, of one type. */
function listenerWith(name: string, filter: string, { typeName }: DescMessage): Resource {
  const manager = typedConfig(HttpConnectionManagerSchema, {
    statPrefix: "a",
    routeSpecifier: { case: "routeConfig", value: { name: "a" } },
    httpFilters: [{
      name: filter,
      configType: {
        case: "configDiscovery",
        value: { configSource: ads(), typeUrls: [`type.googleapis.com/${typeName}`] },
      },
    }],
  });
  const filters = [{ name: "http", configType: { case: "typedConfig", value: manager } }] as const;
  return listener({ name, address: socketAddress("127.0.0.1", 0), filterChains: [{ filters: [...filters] }] });
}

function extensionOf(name: string, schema: DescMessage): Resource {
  return extensionConfig({ name, typedConfig: typedConfig(schema, {}) });
}
