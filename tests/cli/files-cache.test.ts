import {
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { create } from "@bufbuild/protobuf";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type FilesCache,
  filesCache,
  type FilesCacheOptions,
  FilesError,
  type FilesPublication,
} from "../../src/node/files/mod.ts";
import { createDiscoveryServer } from "../../mod.ts";
import { NodeSchema } from "../../gen/envoy/config/core/v3/base_pb.ts";
import { FakeClient } from "../../src/testing/mod.ts";
import { CLUSTER_TYPE, ROUTE_TYPE } from "../../src/v3/types.ts";
import { v3 } from "../../src/v3/table.ts";

let root: string;
let cache: FilesCache | undefined;
let publications: FilesPublication[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "files-"));
  publications = [];
});

afterEach(async () => {
  await cache?.close();
  rmSync(root, { recursive: true });
});

function write(path: string, ...names: readonly string[]): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), names.map(cluster).join("---\n"));
}

function cluster(name: string): string {
  return `"@type": ${CLUSTER_TYPE}\nname: ${name}\ntype: ORIGINAL_DST\nlb_policy: CLUSTER_PROVIDED\n`;
}

async function open(options: FilesCacheOptions = {}): Promise<FilesCache> {
  const onPublication = (each: FilesPublication) => void publications.push(each);
  cache = await filesCache([root], { everyMs: 10, quietMs: 20, onPublication, ...options });
  return cache;
}

/** A client with a subscription to all clusters. */
function connect(node: { readonly id: string; readonly cluster?: string } = { id: "n" }): FakeClient {
  const client = new FakeClient({ cache: cache!, api: v3, variant: "delta", node });
  client.subscribe(CLUSTER_TYPE);
  client.settle();
  return client;
}

function names(client: FakeClient): string[] {
  client.settle();
  return [...client.resources(CLUSTER_TYPE).keys()].sort();
}

describe("filesCache()", () => {
  const swap = (version: string, ...all: readonly string[]) => {
    write(`..${version}/a.yaml`, ...all);
    symlinkSync(`..${version}`, join(root, "..tmp"));
    renameSync(join(root, "..tmp"), join(root, "..data"));
  };

  it.each<[string, () => void, readonly string[]]>([
    ["is written in place", () => write("a.yaml", "a", "b"), ["a", "b"]],
    ["is written in place with the same size and time", () => {
      write("a.yaml", "z");
      utimesSync(join(root, "a.yaml"), 1, 1);
    }, ["z"]],
    ["is renamed over", () => {
      write(".tmp", "b");
      renameSync(join(root, ".tmp"), join(root, "a.yaml"));
    }, ["b"]],
    ["is new", () => write("x/y.json", "b"), ["a"]],
    ["is new below a directory", () => write("x/y.yaml", "b"), ["a", "b"]],
    ["is deleted", () => {
      write("b.yaml", "b");
      rmSync(join(root, "a.yaml"));
    }, ["b"]],
    ["is renamed", () => renameSync(join(root, "a.yaml"), join(root, "b.yaml")), ["a"]],
  ])("publishes a file that %s", async (title, change, expected) => {
    write("a.yaml", "a");
    utimesSync(join(root, "a.yaml"), 1, 1);
    await open();
    const client = connect();
    expect(names(client)).toEqual(["a"]);
    change();
    await vi.waitFor(() => expect(publications).toHaveLength(2), 5_000);
    // YAML is no JSON.
    expect(publications[1]!.isPublished).toBe(title !== "is new");
    expect(names(client)).toEqual(expected);
  });

  it("publishes what Kubernetes swaps, again and again", async () => {
    swap("v1", "a");
    symlinkSync("..data/a.yaml", join(root, "a.yaml"));
    await open();
    const client = connect();
    for (const version of ["v2", "v3"]) {
      const former = readlinkSync(join(root, "..data"));
      swap(version, version);
      rmSync(join(root, former), { recursive: true });
      await vi.waitFor(() => expect(names(client)).toEqual([version]), 5_000);
    }
    expect(publications.every(({ isPublished }) => isPublished)).toBe(true);
  });

  it("publishes once after a start, and not again while nothing changes", async () => {
    writeFileSync(join(root, "name.txt"), "inserted");
    writeFileSync(join(root, "a.yaml"), cluster('"${file:name.txt}"'));
    await open();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(publications).toHaveLength(1);
    expect(names(connect())).toEqual(["inserted"]);
    writeFileSync(join(root, "name.txt"), "other");
    await vi.waitFor(() => expect(publications).toHaveLength(2), 5_000);
  });

  it("sends only what has changed", async () => {
    write("a.yaml", "a", "b");
    write("c.yaml", "c");
    const opened = await open({ everyMs: 60_000 });
    const client = new FakeClient({ cache: opened, api: v3, variant: "delta" });
    client.subscribe(CLUSTER_TYPE);
    client.settle();
    write("a.yaml", "a", "d");
    await opened.reload();
    const [response, ...more] = client.settle();
    expect(more).toEqual([]);
    expect(response).toMatchObject({ resources: [{ name: "d" }] });
    expect([...client.resources(CLUSTER_TYPE).keys()].sort()).toEqual(["a", "c", "d"]);
    write("a.yaml", "a", "d");
    await opened.reload();
    expect(client.settle()).toEqual([]);
  });

  it("keeps the last good configuration, whatever else is right in the change", async () => {
    write("a.yaml", "a");
    const opened = await open({ everyMs: 60_000 });
    const client = connect();
    write("b.yaml", "b");
    writeFileSync(join(root, "c.yaml"), "name: c\n");
    const { isPublished, problems } = await opened.reload();
    expect(isPublished).toBe(false);
    expect(problems).toMatchObject([{ file: join(root, "c.yaml"), line: 1, column: 1, severity: "error" }]);
    expect(names(client)).toEqual(["a"]);
    expect(names(connect({ id: "new" }))).toEqual(["a"]);
    expect(opened.status()).toMatchObject({ isCurrent: false, publishedAt: expect.any(Date) });
    const server = createDiscoveryServer({ cache: opened, log: false });
    const error = `${join(root, "c.yaml")}:1:1: Expected a resource with "@type"`;
    expect(server.status().sourceErrors).toEqual([expect.stringContaining(error)]);
    expect(server.explain("n").text).toContain(error);
    rmSync(join(root, "c.yaml"));
    await opened.reload();
    expect(names(client)).toEqual(["a", "b"]);
    expect(opened.status()).toMatchObject({ isCurrent: true, problems: [] });
    expect([server.status().sourceErrors, server.explain("n").findings.length]).toEqual([[], 1]);
    server.close();
  });

  it("keeps it when the directory is emptied or deleted", async () => {
    write("a.yaml", "a");
    const opened = await open({ everyMs: 60_000 });
    const client = connect();
    rmSync(join(root, "a.yaml"));
    expect((await opened.reload()).problems).toMatchObject([{ message: expect.stringContaining("It has no .yaml") }]);
    rmSync(root, { recursive: true });
    expect((await opened.reload()).problems).toMatchObject([{ message: "It does not exist" }]);
    expect(names(client)).toEqual(["a"]);
    mkdirSync(root);
  });

  it("throws all errors at the start", async () => {
    writeFileSync(join(root, "a.yaml"), `${cluster("a")}typ: 1\n---\n${cluster("b")}typ: 2\n`);
    const error = await open().catch((each: unknown) => each);
    expect(error).toBeInstanceOf(FilesError);
    expect((error as FilesError).message.split("\n")).toHaveLength(2);
  });

  it("serves layers to the clients of a cluster and a node", async () => {
    write("a.yaml", "a");
    write("clusters/edge/b.yaml", "b");
    write("nodes/n1/c.yaml", "c");
    await open();
    expect(names(connect({ id: "n2", cluster: "other" }))).toEqual(["a"]);
    expect(names(connect({ id: "n2", cluster: "edge" }))).toEqual(["a", "b"]);
    expect(names(connect({ id: "n1", cluster: "edge" }))).toEqual(["a", "b", "c"]);
    expect(names(connect({ id: "n1", cluster: "x" }))).toEqual(["a", "c"]);
  });

  it("reports layers that are wrong together, when a client has both, and serves all others", async () => {
    write("a.yaml", "a");
    write("clusters/edge/b.yaml", "b");
    mkdirSync(join(root, "nodes/n1"), { recursive: true });
    writeFileSync(
      join(root, "nodes/n1/x.yaml"),
      `remove:\n- { "@type": ${CLUSTER_TYPE}, name: a }\n`,
    );
    mkdirSync(join(root, "clusters/edge"), { recursive: true });
    writeFileSync(join(root, "clusters/edge/x.yaml"), `remove:\n- { "@type": ${CLUSTER_TYPE}, name: a }\n`);
    const opened = await open({ everyMs: 60_000 });
    expect(names(connect({ id: "n1", cluster: "edge" }))).toEqual([]);
    expect(publications.at(-1)).toMatchObject({ isPublished: false, client: { node: "n1", cluster: "edge" } });
    expect(names(connect({ id: "n1" }))).toEqual([]);
    expect(names(connect({ id: "n2", cluster: "edge" }))).toEqual(["b"]);
    // A client says itself which node it is: it does not keep a change from all others.
    write("a.yaml", "a", "a2");
    const both = connect({ id: "n1", cluster: "edge" });
    const other = connect({ id: "n2" });
    expect((await opened.reload()).isPublished).toBe(true);
    expect(publications.at(-2)).toMatchObject({ isPublished: false, client: { node: "n1", cluster: "edge" } });
    expect([names(both), names(other)]).toEqual([[], ["a", "a2"]]);
    rmSync(join(root, "nodes/n1/x.yaml"));
    expect((await opened.reload()).isPublished).toBe(true);
    expect(names(both)).toEqual(["a2", "b"]);
  });

  it("refuses a change that takes from a client what it has of two layers", async () => {
    write("a.yaml", "a");
    write("clusters/edge/b.yaml", "b");
    write("nodes/n1/c.yaml", "c");
    const opened = await open({ everyMs: 60_000 });
    const both = connect({ id: "n1", cluster: "edge" });
    for (const layer of ["clusters/edge", "nodes/n1"]) {
      writeFileSync(join(root, layer, "x.yaml"), `remove:\n- { "@type": ${CLUSTER_TYPE}, name: a }\n`);
    }
    const { isPublished, problems } = await opened.reload();
    expect(isPublished).toBe(false);
    expect(problems).toMatchObject([
      { file: join(root, "nodes/n1/x.yaml"), line: 2, layers: { node: "n1", cluster: "edge" } },
    ]);
    expect(names(both)).toEqual(["a", "b", "c"]);
  });

  describe("with a node that refers to what only its cluster has", () => {
    const routes = (name: string) =>
      `"@type": ${ROUTE_TYPE}\nname: r\nvirtual_hosts:\n- name: all\n  domains: ["*"]\n  routes:\n` +
      `  - { match: { prefix: / }, route: { cluster: ${name} } }\n`;

    beforeEach(() => {
      write("a.yaml", "a");
      write("clusters/east/b.yaml", "b-east");
      write("clusters/west/b.yaml", "b-west");
      write("nodes/n1/c.yaml", "c");
    });

    it("serves it to the node in that cluster, and not to one that would lack it", async () => {
      writeFileSync(join(root, "nodes/n1/routes.yaml"), routes("b-west"));
      const opened = await open();
      expect(names(connect({ id: "n1", cluster: "west" }))).toEqual(["a", "b-west", "c"]);
      expect(publications).toHaveLength(1);
      expect(names(connect({ id: "n1", cluster: "east" }))).toEqual([]);
      expect(publications.slice(1)).toMatchObject([
        { isPublished: false, client: { node: "n1", cluster: "east" }, problems: [{ rule: "reference.cluster" }] },
      ]);
      const says = `${join(root, "nodes/n1/routes.yaml")}:7:47 virtual_hosts[0].routes[0].route.cluster: `;
      expect(opened.status().problems).toMatchObject([{ layers: { node: "n1", cluster: "east" } }]);
      const request = (cluster: string) => {
        const node = create(NodeSchema, { id: "n1", cluster });
        return { node, type: CLUSTER_TYPE, subscription: { wildcard: true, names: new Set<string>() } };
      };
      expect(opened.sourceErrors!()).toEqual([expect.stringContaining(says)]);
      expect(opened.sourceErrors!(request("west").node)).toEqual([]);
      expect(opened.explain!(request("east"))).toContain(`the files cannot be served to node ["n1","east"]: ${says}`);
      expect(opened.explain!(request("west"))).toBe(undefined);
      expect(names(connect({ id: "n1", cluster: "none" }))).toEqual([]);
      expect(publications.slice(2)).toMatchObject([{ isPublished: false, client: { node: "n1" } }]);
      expect(names(connect({ id: "n2", cluster: "none" }))).toEqual(["a"]);
    });

    it("refuses what no cluster has, and names the clients with which the least is wrong", async () => {
      writeFileSync(join(root, "nodes/n1/routes.yaml"), routes("b-west"));
      writeFileSync(join(root, "nodes/n1/more.yaml"), routes("b-wets").replace("name: r", "name: r2"));
      const error = await open().catch((each: unknown) => each);
      expect((error as FilesError).problems).toMatchObject([
        { file: join(root, "nodes/n1/more.yaml"), layers: { cluster: "west", node: "n1" } },
      ]);
    });
  });

  it("follows the files although a callback throws", async () => {
    const reported = vi.spyOn(console, "error").mockImplementation(() => {});
    write("a.yaml", "a");
    await open({
      onPublication: () => {
        throw new Error("of the user");
      },
    });
    const client = connect();
    write("a.yaml", "b");
    await vi.waitFor(() => expect(names(client)).toEqual(["b"]), 5_000);
    expect(reported).toHaveBeenCalled();
    reported.mockRestore();
  });

  it("stops looking when it is closed", async () => {
    write("a.yaml", "a");
    const opened = await open();
    await opened.close();
    write("a.yaml", "b");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(publications).toHaveLength(1);
  });
});
