import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Resource, SnapshotCache } from "../../mod.ts";
import * as v3 from "../../src/v3/mod.ts";
import * as cluster from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { HealthStatus } from "../../gen/envoy/config/core/v3/health_check_pb.ts";

const FOLDER = join(import.meta.dirname, "../../src/v3/common");

/** The examples of docstrings, by their place. */
const EXAMPLES = readdirSync(FOLDER).flatMap((file) => {
  const text = readFileSync(join(FOLDER, file), "utf8");
  return [...text.matchAll(/@example\n \* ```ts\n([^]*?) \* ```/g)].map(([, code], i): [string, string] => {
    return [`${file} ${i + 1}`, code!.replaceAll(/^ \* /gm, "")];
  });
});

/** What examples take for granted: files, and a cache. */
const GIVEN = {
  cache: new SnapshotCache(),
  readFile: async (path: string) =>
    path.endsWith(".key") ? "-----BEGIN PRIVATE KEY-----\nMIIB" : "-----BEGIN CERTIFICATE-----\nMIIB",
};

describe("the example of", () => {
  it("each maker exists", () => {
    const makers = EXAMPLES.flatMap(([, code]) => [...code.matchAll(/\b(\w+)\(/g)].map(([, name]) => name!));
    const exported = Object.entries(v3).filter(([, value]) => typeof value === "function").map(([name]) => name);
    const common = readdirSync(FOLDER).flatMap((file) => {
      return [...readFileSync(join(FOLDER, file), "utf8").matchAll(/^export function (\w+)/gm)].map(([, name]) =>
        name!
      );
    });
    const without = exported.filter((name) => common.includes(name) && !makers.includes(name));
    expect(without).toEqual([]);
  });

  it.each(EXAMPLES)("%s runs, and what it makes can be encoded", async (_, code) => {
    const names = { ...v3, ...GIVEN };
    const body = code.replaceAll(/^([\w.]+\()/gm, "await made($1").replaceAll(/\);$/gm, "));");
    const run = new AsyncFunction("made", ...Object.keys(names), body);
    const made: unknown[] = [];
    await run((value: unknown) => made.push(value), ...Object.values(names));
    expect(made.length).toBeGreaterThan(0);
    for (const each of made.flat()) if (each instanceof Resource) expect(each.bytes.length).toBeGreaterThan(0);
  });
});

describe("the enums of makers", () => {
  it("are those of the API", () => {
    expect(v3.DiscoveryType).toBe(cluster.Cluster_DiscoveryType);
    expect(v3.LbPolicy).toBe(cluster.Cluster_LbPolicy);
    expect(v3.HealthStatus).toBe(HealthStatus);
  });

  it("leave the former names of makers as they are", () => {
    expect(v3.route).toBe(v3.routeConfiguration);
    expect(v3.virtualHost).toBe(v3.virtualHostResource);
  });
});

const AsyncFunction = (async () => {}).constructor as new (...args: string[]) => (...args: unknown[]) => Promise<void>;
