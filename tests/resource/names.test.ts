import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LinearCache, rawResource, Snapshot } from "../../mod.ts";
import { collectionOf, formatXdstp, isGlob, normalName, parseXdstp } from "../../src/resource/mod.ts";
import { cluster, CLUSTER_TYPE, endpoints } from "../../src/v3/mod.ts";

const TYPE = "envoy.config.cluster.v3.Cluster";

describe("the normal form of a name", () => {
  it.each([
    ["S31 another scheme", "http://a/b?z=1&a=2", "http://a/b?z=1&a=2"],
    ["S31 a socket address", "[::]:80", "[::]:80"],
    ["S31 a star that is no glob", "folder/*", "folder/*"],
    ["S31 what only looks like it", "xdstp:a/b?z=1&a=2", "xdstp:a/b?z=1&a=2"],
    ["X1 sorted parameters", `xdstp://a/${TYPE}/b?z=1&a=2`, `xdstp://a/${TYPE}/b?a=2&z=1`],
    ["X1 sorted by key and not by length", `xdstp://a/${TYPE}/b?ab=1&a=2`, `xdstp://a/${TYPE}/b?a=2&ab=1`],
    ["X1 no parameters", `xdstp://a/${TYPE}/b?`, `xdstp://a/${TYPE}/b`],
    ["X1 the first of two equal keys", `xdstp://a/${TYPE}/b?k=1&k=2`, `xdstp://a/${TYPE}/b?k=1`],
    ["X1 a key without a value", `xdstp://a/${TYPE}/b?k`, `xdstp://a/${TYPE}/b?k=`],
    ["X1 no more escapes than needed", `xdstp://a/${TYPE}/b%2Fc%61?k%31=%7b`, `xdstp://a/${TYPE}/b/ca?k1={`],
    ["X1 no fewer either", `xdstp://a/${TYPE}/[::]:80?k=[`, `xdstp://a/${TYPE}/%5B%3A%3A%5D%3A80?k=%5B`],
    ["X1 upper-case escapes, of UTF-8", `xdstp://a/${TYPE}/%c3%a9é?k=a%3db`, `xdstp://a/${TYPE}/%C3%A9%C3%A9?k=a%3Db`],
    ["X1 an escaped question mark is a part of the id", `xdstp://a/${TYPE}/b%3Fk=1`, `xdstp://a/${TYPE}/b%3Fk=1`],
    ["X1 a slash in a parameter", `xdstp://a/${TYPE}/b?k=c/d`, `xdstp://a/${TYPE}/b?k=c/d`],
    ["X1 no authority", `xdstp:///${TYPE}/b?z=1&a=2`, `xdstp:///${TYPE}/b?a=2&z=1`],
    ["X1 no id", `xdstp://a/${TYPE}/`, `xdstp://a/${TYPE}`],
    ["X9 directives are left out", `xdstp://a/${TYPE}/b?k=1#alt=xdstp://c/d,entry=e`, `xdstp://a/${TYPE}/b?k=1`],
    ["no type: unchanged", "xdstp://a", "xdstp://a"],
    ["an invalid escape: unchanged", `xdstp://a/${TYPE}/%zz?b=1&a=2`, `xdstp://a/${TYPE}/%zz?b=1&a=2`],
    ["half of a surrogate pair: unchanged", `xdstp://a/${TYPE}/\ud800?b=1&a=2`, `xdstp://a/${TYPE}/\ud800?b=1&a=2`],
  ])("%s", (_, name, normal) => {
    expect(normalName(name)).toBe(normal);
    expect(normalName(normal)).toBe(normal);
  });

  const text = fc.string({ unit: "binary", minLength: 1 });
  const type = fc.stringMatching(/^[a-zA-Z0-9.]+$/);
  const params = fc.dictionary(text, fc.string({ unit: "binary" })).map((all) => Object.entries(all));
  const parts = fc.record({
    authority: fc.string({ unit: "binary" }),
    type,
    id: fc.string({ unit: "binary" }),
    params,
  });

  it("X1 has the same parts, and is its own normal form", () => {
    fc.assert(fc.property(parts, ({ params, ...rest }) => {
      const name = formatXdstp({ ...rest, params: new Map(params) });
      expect(parseXdstp(name)).toEqual({ ...rest, params: new Map(params) });
      expect(normalName(name)).toBe(name);
    }));
  });

  it("X1 does not depend on the order of the parameters", () => {
    const shuffled = params.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))
    );
    fc.assert(fc.property(shuffled, ([some, others]) => {
      const write = (all: [string, string][]) =>
        `xdstp://a/${TYPE}/b?${all.map((each) => each.map(encodeURIComponent).join("=")).join("&")}`;
      expect(normalName(write(some))).toBe(normalName(write(others)));
    }));
  });

  it("X1 X2 X3 differs where any part differs", () => {
    fc.assert(fc.property(parts, parts, (one, other) => {
      const write = ({ params, ...rest }: typeof one) => formatXdstp({ ...rest, params: new Map(params) });
      const isSame = JSON.stringify([one.authority, one.type, one.id]) ===
          JSON.stringify([other.authority, other.type, other.id]) &&
        JSON.stringify(one.params.toSorted()) === JSON.stringify(other.params.toSorted());
      expect(write(one) === write(other)).toBe(isSame);
    }));
  });

  it("X1 is its own normal form, for any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (rest) => {
      const normal = normalName(`xdstp://${rest}`);
      expect(normalName(normal)).toBe(normal);
    }));
  });
});

describe("collections", () => {
  it.each([
    [`xdstp://a/${TYPE}/b/c`, `xdstp://a/${TYPE}/b/*`],
    [`xdstp://a/${TYPE}/b/c?k=d/e`, `xdstp://a/${TYPE}/b/*?k=d/e`],
    [`xdstp://a/${TYPE}/b`, `xdstp://a/${TYPE}/*`],
    ["routes/host", "routes/*"],
    ["routes/more/host?", "routes/more/*"],
    ["host", undefined],
  ])("X4 %s is in %s", (name, collection) => expect(collectionOf(name)).toBe(collection));

  it.each([
    [`xdstp://a/${TYPE}/b/*`, true],
    [`xdstp://a/${TYPE}/*`, true],
    [`xdstp:///${TYPE}/*?k=1`, true],
    [`xdstp://a/${TYPE}/b*`, false],
    [`xdstp://a/${TYPE}/b/*/c`, false],
    [`xdstp://a/${TYPE}/b?k=/*`, false],
    ["xdstp://a/*", false],
    ["folder/*", false],
    ["*", false],
  ])("X4 whether %s is a glob: %s", (name, is) => expect(isGlob(normalName(name))).toBe(is));
});

describe("resources", () => {
  const spelled = `xdstp://a/${TYPE}/b?z=1&a=2`;
  const normal = `xdstp://a/${TYPE}/b?a=2&z=1`;
  const resource = rawResource(CLUSTER_TYPE, spelled, new Uint8Array([1]));

  it("X1 are stored, found and removed by any spelling of their names", () => {
    expect(resource.name).toBe(normal);
    const snapshot = new Snapshot({ resources: [resource] });
    const cache = new LinearCache(CLUSTER_TYPE, { resources: [resource] });
    for (const name of [spelled, normal]) {
      expect(snapshot.get(CLUSTER_TYPE, name)).toBe(resource);
      expect(snapshot.with({ remove: { [CLUSTER_TYPE]: [name] } }).resources(CLUSTER_TYPE).size).toBe(0);
      expect(cache.get(name)).toBe(resource);
    }
    cache.apply({ remove: [spelled] });
    expect(cache.size).toBe(0);
  });

  it("X1 O9 refer to each other in any spelling", () => {
    const serviceName = "xdstp://a/envoy.config.endpoint.v3.ClusterLoadAssignment/b?z=1&a=2";
    const eds = { case: "type", value: 3 } as const;
    const user = cluster({ name: "c", clusterDiscoveryType: eds, edsClusterConfig: { serviceName } });
    expect(new Snapshot({ resources: [user] }).check()).toHaveLength(1);
    const used = endpoints({ clusterName: serviceName.replace("z=1&a=2", "a=2&z=1") });
    expect(new Snapshot({ resources: [user, used] }).check()).toEqual([]);
  });

  it("X4 cannot have the name of a collection", () => {
    const make = () => rawResource(CLUSTER_TYPE, `xdstp://a/${TYPE}/b/*?k=1`, new Uint8Array());
    expect(make).toThrow(`Cannot name a resource "xdstp://a/${TYPE}/b/*?k=1"`);
  });
});
