import { describe, expect, it } from "vitest";
import { compose, type Layer, type LayerFile, problemText, readDocument } from "../../src/files/mod.ts";

const CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

/** A file with clusters, each with its file as its alternative name, and removals. */
function file(name: string, layer: Layer, clusters: readonly string[], removed: readonly string[] = []): LayerFile {
  const resources = clusters.map((each) => ({ "@type": CLUSTER, name: each, alt_stat_name: name }));
  const remove = removed.map((each) => ({ "@type": CLUSTER, name: each }));
  return { file: name, layer, content: readDocument(JSON.stringify({ resources, remove }), { file: name }) };
}

function sources(files: readonly LayerFile[], client = {}): Record<string, string> {
  const { resources } = compose(files, client);
  return Object.fromEntries(
    resources.map(({ resource, place }) => [resource.name, place.file!] as const).toSorted(),
  );
}

const ALL = { of: "all" } as const;
const EDGE = { of: "cluster", name: "edge" } as const;
const N1 = { of: "node", name: "n1" } as const;

describe("compose()", () => {
  const files = [
    file("n1", N1, ["c", "d"], ["b"]),
    file("all", ALL, ["a", "b", "c"]),
    file("edge", EDGE, ["b", "c", "e"], ["a"]),
  ];

  it("gives what is for all to a client without layers", () => {
    expect(sources(files, { node: "other", cluster: "other" })).toEqual({ a: "all", b: "all", c: "all" });
  });

  it("puts the layer of a cluster above what is for all, and that of a node above both", () => {
    expect(sources(files, { cluster: "edge" })).toEqual({ b: "edge", c: "edge", e: "edge" });
    expect(sources(files, { node: "n1", cluster: "edge" })).toEqual({ c: "n1", d: "n1", e: "edge" });
    expect(sources(files, { node: "n1" })).toEqual({ a: "all", c: "n1", d: "n1" });
  });

  it("says of two with a name in a layer where both are", () => {
    const { problems } = compose([file("x.json", ALL, ["a"]), file("y.json", ALL, ["b", "a"])]);
    expect(problems.map(problemText)).toEqual([
      'y.json:1:115 resources[1]: "a" is given twice; the other one is at x.json:1:15; rename or remove one of them',
    ]);
  });

  it("says where a removal is of what no layer beneath has", () => {
    const { problems } = compose([file("x.json", ALL, ["a"], ["b"])]);
    expect(problems.map(problemText)).toEqual([
      `x.json:1:126 remove[0]: Cannot remove "b" of ${CLUSTER}: no layer beneath this one has it`,
    ]);
  });

  it("does not remove what the same layer has", () => {
    const { problems, resources } = compose([file("x", ALL, ["a"], ["a"])]);
    expect([problems.length, resources.length]).toEqual([1, 1]);
  });
});
