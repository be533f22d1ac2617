import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { publishFiles } from "../../src/cli/publish.ts";
import { layerKey, layersOf, nearestLayers } from "../../src/cli/store/layer-keys.ts";
import { LayeredReplica } from "../../src/cli/store/layered-replica.ts";
import { type ClientLayers, type Layer, type LayerFile, readDocument } from "../../src/files/mod.ts";
import { LayeredFiles } from "../../src/node/files/layered-files.ts";
import { MemoryEngine, SnapshotStore } from "../../src/store/mod.ts";
import { FakeClient } from "../../src/testing/mod.ts";
import { cluster, CLUSTER_TYPE, v3 } from "../../src/v3/mod.ts";

describe("layerKey()", () => {
  it("gives keys that layersOf() reads, and a key for each layers", () => {
    const name = fc.option(fc.oneof(fc.string(), fc.constantFrom("a/b", "nodes", "%2F", "clusters/x")), {
      nil: undefined,
    });
    const layers = fc.record({ node: name, cluster: name });
    fc.assert(fc.property(layers, layers, (a, b) => {
      const whole = ({ node, cluster }: ClientLayers) => `${node?.length}${node}\n${cluster}`;
      expect(layerKey("k", a) === layerKey("k", b)).toBe(whole(a) === whole(b));
      const read = layersOf("k", layerKey("k", a));
      expect(read ?? {}).toEqual(JSON.parse(JSON.stringify(a)));
    }));
  });

  it.each(["k", "k/", "k/x", "k-2/nodes/a", "k/nodes/a/b", "k/clusters/c/nodes/a", "k/nodes/%", "k/nodes/a%2fb", "x"])(
    "gives no %s",
    (key) => expect(layersOf("k", key)).toBeUndefined(),
  );
});

describe("nearestLayers()", () => {
  it("begins with the nearest", () => {
    expect([...nearestLayers({ node: "n", cluster: "c" })].map((each) => layerKey("k", each))).toEqual([
      "k/nodes/n/clusters/c",
      "k/nodes/n",
      "k/clusters/c",
      "k",
    ]);
  });
});

/** An engine whose reads end in any order. */
class SlowEngine extends MemoryEngine {
  override async get(key: string) {
    const found = await super.get(key);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
    return found;
  }
}

const NODES = [undefined, "n1", "n2"];
const CLUSTERS = [undefined, "c1", "c2"];
const CLIENTS = NODES.flatMap((node) => CLUSTERS.map((cluster) => ({ node: node ?? "other", cluster: cluster ?? "" })));

/** Files by their layer: names of clusters, each with what distinguishes its content. */
type Tree = ReadonlyMap<string, { readonly layer: Layer; readonly names: Readonly<Record<string, string>> }>;

function filesOf(tree: Tree): LayeredFiles {
  const files = [...tree].map(([file, { layer, names }]): LayerFile => {
    const text = JSON.stringify(
      Object.entries(names).map(([name, alt]) => ({ "@type": CLUSTER_TYPE, name, alt_stat_name: alt })),
    );
    return { file, layer, content: readDocument(text, { file, format: "json" }) };
  });
  return new LayeredFiles(files, undefined);
}

function contentOf(client: FakeClient): string {
  return JSON.stringify([...client.resources(CLUSTER_TYPE)].map(([name, { version }]) => [name, version]).sort());
}

function expected(files: LayeredFiles, client: ClientLayers): string {
  const snapshot = files.snapshotOf(files.layersOf(client), undefined);
  return JSON.stringify([...snapshot.resources(CLUSTER_TYPE)].map(([name, { version }]) => [name, version]).sort());
}

const layer: fc.Arbitrary<Layer> = fc.oneof(
  fc.constant({ of: "all" as const }),
  fc.record({ of: fc.constant("node" as const), name: fc.constantFrom("n1", "n2") }),
  fc.record({ of: fc.constant("cluster" as const), name: fc.constantFrom("c1", "c2") }),
);
const tree: fc.Arbitrary<Tree> = fc.array(
  fc.record({ layer, names: fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom("x", "y")) }),
  { maxLength: 6 },
).map((files) => new Map(files.map((file) => [JSON.stringify(file.layer), file])));

describe("LayeredReplica", () => {
  it("serves what xds serve does with the files, and nothing between one publication and the next", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(tree, { minLength: 2, maxLength: 5 }), async (trees) => {
        const store = new SnapshotStore(new SlowEngine());
        const replica = new LayeredReplica(store, { key: "k", onServed: () => {}, retryMs: 1, maxWaitMs: 60_000 });
        const io = { out: () => {}, err: (text: string) => void errors.push(text), environment: {} };
        const errors: string[] = [];
        const options = { key: "k", name: "", isDryRun: false, hasDiff: false, allowsRemovals: true, io };
        const clients = CLIENTS.map((each) => {
          const seen: string[] = [];
          const client = new FakeClient({
            cache: replica,
            api: v3,
            variant: "delta",
            node: { id: each.node, cluster: each.cluster },
            // As a server does: all that happens at once is one response.
            onWake: () =>
              queueMicrotask(() => {
                client.settle();
                seen.push(contentOf(client));
              }),
          });
          return { each, client, seen };
        });
        await replica.ready;
        for (const { client } of clients) client.subscribe(CLUSTER_TYPE);
        let before: LayeredFiles | undefined;
        for (const files of trees.map(filesOf)) {
          expect(await publishFiles(files, store, { ...options, ifRevision: undefined })).toBe(0);
          await vi.waitFor(() => {
            for (const { each, client } of clients) expect(contentOf(client)).toBe(expected(files, each));
          }, { interval: 2, timeout: 10_000 });
          for (const { each, seen } of clients) {
            const allowed = [expected(files, each), ...before === undefined ? [] : [expected(before, each)]];
            if (before !== undefined) { for (const content of seen) expect(allowed).toContain(content); }
            seen.length = 0;
          }
          before = files;
        }
        expect(errors).toEqual([]);
        for (const { client } of clients) client.close();
        await replica.close();
      }),
      { numRuns: 40 },
    );
  });

  it("serves what it has read where another key cannot be read for long", async () => {
    let isHiding = false;
    class Hiding extends MemoryEngine {
      override get(key: string) {
        return isHiding && !key.startsWith("m/") ? Promise.resolve(undefined) : super.get(key);
      }
    }
    const engine = new Hiding();
    const [writer, reader] = [new SnapshotStore(engine), new SnapshotStore(engine)];
    const replica = new LayeredReplica(reader, {
      key: "k",
      onServed: () => {},
      onError: () => {},
      maxWaitMs: 10,
      retryMs: 1,
      maxRetryMs: 10,
    });
    await replica.ready;
    const client = new FakeClient({ cache: replica, api: v3, variant: "delta", node: { id: "other" } });
    client.subscribe(CLUSTER_TYPE);
    const names = () => {
      client.settle();
      return [...client.resources(CLUSTER_TYPE).keys()];
    };
    isHiding = true;
    // Many enough to be values beside the manifest.
    await writer.publish("k/nodes/n", Array.from({ length: 1_000 }, (_, i) => cluster({ name: `lost${i}` })));
    await vi.waitFor(() => expect(replica.replica.status().pending).toBe(1));
    await writer.publish("k", [cluster({ name: "a" })]);
    await vi.waitFor(() => expect(names()).toEqual(["a"]));
    expect(replica.replica.status().pending).toBe(1);
    client.close();
    await replica.close();
  });

  it("serves the last good configuration to clients whose layers are wrong together, and nothing if there is none", async () => {
    const store = new SnapshotStore(new MemoryEngine());
    const replica = new LayeredReplica(store, { key: "k", onServed: () => {} });
    await replica.ready;
    const io = { out: () => {}, err: () => {}, environment: {} };
    const options = { key: "k", name: "", isDryRun: false, hasDiff: false, allowsRemovals: true, io };
    const file = (name: string, layer: Layer, content: object): LayerFile => {
      return { file: name, layer, content: readDocument(JSON.stringify(content), { file: name, format: "json" }) };
    };
    const a = { "@type": CLUSTER_TYPE, name: "a" };
    const files = [
      file("a", { of: "all" }, a),
      file("n", { of: "node", name: "n1" }, { "@type": CLUSTER_TYPE, name: "n" }),
    ];
    const connect = (cluster: string) => {
      const client = new FakeClient({ cache: replica, api: v3, variant: "delta", node: { id: "n1", cluster } });
      client.subscribe(CLUSTER_TYPE);
      return client;
    };
    const names = (client: FakeClient) => {
      client.settle();
      return [...client.resources(CLUSTER_TYPE).keys()].sort();
    };
    const publish = (all: readonly LayerFile[]) => {
      return publishFiles(new LayeredFiles(all, undefined), store, { ...options, ifRevision: undefined });
    };
    await publish(files);
    const before = connect("c1");
    await vi.waitFor(() => expect(names(before)).toEqual(["a", "n"]));
    // The node's layer removes what the cluster's has removed already.
    const removal = { remove: [{ "@type": CLUSTER_TYPE, name: "a" }], resources: [] };
    const wrong = [
      ...files,
      file("r", { of: "node", name: "n1" }, removal),
      file("c", { of: "cluster", name: "c1" }, removal),
    ];
    await publish(wrong);
    const other = connect("c2");
    await vi.waitFor(() => expect(names(other)).toEqual(["n"]));
    const after = connect("c1");
    expect([names(before), names(after)]).toEqual([["a", "n"], ["a", "n"]]);
    await publish(files);
    await vi.waitFor(() => {
      for (const client of [before, other, after]) expect(names(client)).toEqual(["a", "n"]);
    });
    const fresh = new SnapshotStore(new MemoryEngine());
    const first = new LayeredReplica(fresh, { key: "k", onServed: () => {} });
    await first.ready;
    await publishFiles(new LayeredFiles(wrong, undefined), fresh, { ...options, ifRevision: undefined });
    await vi.waitFor(() => expect(first.replica.getSnapshot("k")).toBeDefined());
    const none = new FakeClient({ cache: first, api: v3, variant: "delta", node: { id: "n1", cluster: "c1" } });
    none.subscribe(CLUSTER_TYPE);
    expect(none.settle()).toEqual([]);
    await publishFiles(new LayeredFiles(files, undefined), fresh, { ...options, ifRevision: undefined });
    await vi.waitFor(() => expect(names(none)).toEqual(["a", "n"]));
    none.close();
    await first.close();
    for (const client of [before, other, after]) client.close();
    await replica.close();
  });
});
