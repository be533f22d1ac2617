import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileEngine } from "../../src/node/store/mod.ts";
import { SnapshotStore } from "../../src/store/mod.ts";
import { CLUSTER_TYPE } from "../../src/v3/types.ts";
import { CLUSTER, Folder, xds } from "./xds.ts";

let folder: Folder;
let files: string;
let address: string;

beforeEach(() => {
  folder = new Folder();
  files = join(folder.root, "config");
  mkdirSync(files);
  address = `file:${join(folder.root, "store")}`;
});

afterEach(() => folder[Symbol.dispose]());

function clusters(...names: readonly string[]): string {
  const cluster = (name: string) =>
    `"@type": ${CLUSTER_TYPE}\nname: ${name}\ntype: ORIGINAL_DST\nlb_policy: CLUSTER_PROVIDED\n`;
  return names.map(cluster).join("---\n");
}

function write(name: string, text: string): void {
  mkdirSync(join(files, name, ".."), { recursive: true });
  folder.write(join("config", name), text);
}

const publish = (...args: readonly string[]) => xds(["publish", "--store", address, ...args, files]);

/** The names of the clusters under each of these keys; undefined for a key without a snapshot. */
async function stored(...keys: readonly string[]): Promise<(string[] | undefined)[]> {
  const store = new SnapshotStore(await FileEngine.open(join(folder.root, "store")));
  try {
    return await Promise.all(keys.map(async (key) => {
      const { snapshot } = await store.get(key);
      return snapshot && [...snapshot.resources(CLUSTER_TYPE).keys()].sort();
    }));
  } finally {
    await store.close();
  }
}

describe("xds publish and xds serve --store", () => {
  const NATS = ["--store", "nats://127.0.0.1:1"];

  it.each([
    [["publish", ...NATS], "Expected a directory or a file to publish"],
    [["publish", "x"], "Expected --store, such as --store nats://127.0.0.1:4222"],
    [["publish", "x", "--store", "http://x"], "--store must be nats://host:port, tls://host:port or file:<directory>"],
    [["publish", "x", "--store", "nats://a:1,b:2"], "--store must be nats://"],
    [["publish", "x", "--store", "file:"], "--store has no directory after file:"],
    [["publish", "x", "--store", "file:x", "--bucket", "b"], "--bucket is for NATS, not for a directory"],
    [["publish", "x", ...NATS, "--bucket", "a.b"], '--bucket may have letters, digits, "-" and "_"'],
    [["publish", "x", ...NATS, "--bucket-replicas", "9"], "--bucket-replicas must be a whole number from 1 to 5"],
    [["publish", "x", ...NATS, "--key", "a/nodes/b"], '--key must have no part "nodes" or "clusters"'],
    [["publish", "x", ...NATS, "--if-revision", "x"], "--if-revision must be a whole number"],
    [["publish", "x", ...NATS, "--store-cert", "a"], "needs both --store-cert and --store-key"],
    [["publish", "x", ...NATS, "--store-creds", "a", "--store-token-file", "b"], "Expected one of --store-creds"],
    [["publish", "x", ...NATS, "--store-user", "a"], "--store-user needs XDS_STORE_PASSWORD or --store-password-file"],
    [["publish", "x", ...NATS, "--store-password-file", "a"], "--store-password-file needs --store-user"],
    [["serve"], "Expected a directory or a file to serve, or --store"],
    [["serve", "config", ...NATS], "Expected files or --store, not both"],
    [["serve", ...NATS, "--missing", "off"], "--missing is for files: give it to xds publish"],
    [["serve", "x", "--bucket", "b"], "--bucket needs --store"],
    [["serve", "x", "--copy-to", "b"], "--copy-to needs --store"],
  ])("end with 2 for %j", async (args, says) => {
    const { code, out, err } = await xds(args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(says);
  });

  it.each([
    [["--store", "nats://me:canary@127.0.0.1:4222"], {}],
    [["--store", "nats://me:can,ary@127.0.0.1:4222"], {}],
    [["--store", "canary@127.0.0.1"], {}],
    [["--store-password", "canary", ...NATS], {}],
    [["--store-password=canary", ...NATS], {}],
    [["--store-token=canary", ...NATS], {}],
    [[...NATS, "--store-user", "me", "--store-creds", "x"], { XDS_STORE_PASSWORD: "canary" }],
    [[...NATS, "--store-user", "me"], { XDS_STORE_TOKEN: "canary" }],
    [[], { XDS_STORE: "tls://canary@127.0.0.1:4222" }],
  ])("take no secrets by %j with %j, and repeat none", async (args, environment) => {
    for (const command of [["publish", files], ["serve"]]) {
      const { code, all } = await xds([...command, ...args], environment);
      expect(code).toBe(2);
      expect(all).not.toMatch(/canary|ary@/);
    }
  });

  it("name a server that cannot be reached, and a directory that cannot be used", async () => {
    write("a.yaml", clusters("a"));
    const away = await xds(["publish", ...NATS, files], { XDS_STORE_TOKEN: "canary" });
    expect(away.code).toBe(1);
    expect(away.err).toContain("Cannot connect to NATS at nats://127.0.0.1:1: connection refused");
    expect(away.all).not.toContain("canary");
    const file = folder.write("file", "");
    for (const command of [["publish", files], ["serve"]]) {
      const { code, err } = await xds([...command, "--store", `file:${file}`]);
      expect([code, err]).toEqual([1, expect.stringContaining(`Cannot use the directory ${file}: `)]);
    }
  });

  it("name credentials that cannot be read", async () => {
    write("a.yaml", clusters("a"));
    const creds = folder.write("creds", "canary\n");
    const wrong = await xds(["publish", ...NATS, "--store-creds", creds, files]);
    expect([wrong.code, wrong.err]).toEqual([
      1,
      expect.stringContaining(`Cannot use the credentials in ${creds}: exp`),
    ]);
    expect(wrong.all).not.toContain("canary");
    const missing = await xds(["publish", ...NATS, "--store-token-file", "/none", files]);
    expect(missing.err).toContain("Cannot read the credentials in /none: it does not exist");
  });
});

describe("xds publish", () => {
  it("publishes, and says what has changed since", async () => {
    write("a.yaml", clusters("a", "b"));
    const first = await publish();
    expect(first).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^default: 2 added, 0 changed, 0 removed; revision \d+$/),
    });
    expect(first.err).toBe("1 file, 2 resources: 0 errors, 0 warnings");
    expect(await publish()).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^default: unchanged; revision \d+$/),
    });
    write("a.yaml", clusters("b", "c").replace("name: b", "name: b\nalt_stat_name: x"));
    const { code, out } = await publish("--diff");
    expect(code).toBe(0);
    expect(out.split("\n")).toEqual([
      expect.stringMatching(/^default: 1 added, 1 changed, 1 removed; revision \d+$/),
      '  - envoy.config.cluster.v3.Cluster "a"',
      '  ~ envoy.config.cluster.v3.Cluster "b"',
      '  + envoy.config.cluster.v3.Cluster "c"',
    ]);
    expect(await stored("default")).toEqual([["b", "c"]]);
  });

  it("changes nothing with --dry-run, and says what would change", async () => {
    write("a.yaml", clusters("a"));
    expect(await publish("--dry-run")).toMatchObject({
      code: 0,
      out: "default: 1 added, 0 changed, 0 removed; revision 0",
    });
    expect(readdirSync(folder.root)).toEqual(["config"]);
    await publish("--key", "edge");
    write("a.yaml", clusters("a", "b"));
    const { code, out, err } = await publish("--key", "edge", "--dry-run", "--diff");
    expect(code).toBe(0);
    expect(out).toMatch(
      /^edge: 1 added, 0 changed, 0 removed; revision \d+\n {2}\+ envoy.config.cluster.v3.Cluster "b"$/,
    );
    expect(err).toMatch(/Nothing is published: it was a dry run$/);
    expect(await stored("edge", "default")).toEqual([["a"], undefined]);
  });

  it("refuses what xds validate finds, with the same output", async () => {
    write("a.yaml", clusters("a"));
    await publish();
    write("a.yaml", `${CLUSTER}typ: EDS\n`);
    const { code, out, err } = await publish();
    const validated = await xds(["validate", files]);
    expect([code, out]).toEqual([1, validated.out]);
    expect(err).toBe(`${validated.err}\nThe files have errors: nothing is published`);
    rmSync(join(files, "a.yaml"));
    expect(await publish("--allow-removals")).toMatchObject({ code: 1, out: expect.stringContaining("config") });
    expect(await stored("default")).toEqual([["a"]]);
  });

  it("prints warnings, and publishes", async () => {
    write("a.yaml", CLUSTER);
    const { code, out } = await publish();
    expect([code, out]).toEqual([0, expect.stringMatching(/ warning: .*\ndefault: 1 added/)]);
  });

  it("removes more than half of what a key has only if that is allowed", async () => {
    write("a.yaml", clusters("a", "b", "c", "d"));
    await publish();
    write("a.yaml", clusters("a"));
    for (const args of [[], ["--dry-run"]]) {
      const { code, out, err } = await publish(...args);
      expect([code, out]).toEqual([1, expect.stringContaining("3 removed")]);
      expect(err).toContain('"default" would lose 3 of 4 resources: if that is meant, use --allow-removals');
      expect(err).toMatch(/Nothing is published$/);
    }
    write("a.yaml", "# nothing\n---\n[]\n");
    expect(await publish()).toMatchObject({ code: 1, err: expect.stringContaining("would lose 4 of 4 resources") });
    expect(await stored("default")).toEqual([["a", "b", "c", "d"]]);
    expect(await publish("--allow-removals")).toMatchObject({ code: 0 });
    expect(await stored("default")).toEqual([[]]);
  });

  it("publishes over the revision asked for alone", async () => {
    write("a.yaml", clusters("a"));
    const first = await publish("--if-revision", "0");
    const [, revision] = /revision (\d+)$/.exec(first.out)!;
    write("a.yaml", clusters("a", "b"));
    const stale = await publish("--if-revision", "0");
    expect([stale.code, stale.err]).toEqual([
      1,
      expect.stringContaining(`"default" has the revision ${revision}, not 0`),
    ]);
    expect(await stored("default")).toEqual([["a"]]);
    expect(await publish("--if-revision", revision!)).toMatchObject({ code: 0 });
    write("nodes/n/b.yaml", clusters("b"));
    expect(await publish("--if-revision", "0")).toMatchObject({ code: 2, err: expect.stringContaining("have layers") });
  });

  it("does not fail where writers publish at the same time", async () => {
    const [one, two] = ["one", "two"].map((name) => folder.write(`${name}.yaml`, clusters(name, "a")));
    for (let i = 0; i < 5; i++) {
      const all = await Promise.all([one!, two!].map((file) => xds(["publish", "--store", address, file])));
      expect(all.map(({ code }) => code)).toEqual([0, 0]);
      const [names] = await stored("default");
      expect([["a", "one"], ["a", "two"]]).toContainEqual(names);
    }
  });

  it("publishes layers under keys of their own, and removes those of layers that were removed", async () => {
    write("a.yaml", clusters("all"));
    write("nodes/n%2F1/a.yaml", clusters("node"));
    write("clusters/c.yaml", clusters("cluster"));
    const first = await publish("--key", "edge");
    const keys = ["edge", "edge/nodes/n%2F1", "edge/clusters/c", "edge/nodes/n%2F1/clusters/c"];
    expect(first.out.split("\n").map((line) => line.split(":")[0]).sort()).toEqual([...keys].sort());
    expect(await stored(...keys)).toEqual([["all"], ["all", "node"], ["all", "cluster"], ["all", "cluster", "node"]]);

    rmSync(join(files, "nodes"), { recursive: true });
    const { code, out } = await publish("--key", "edge", "--diff");
    expect(code).toBe(0);
    expect(out).toMatch(
      /\nedge\/nodes\/n%2F1: is removed, and for its clients 0 added, 0 changed, 1 removed; revision \d+\n {2}- .*"node"\n/,
    );
    expect(await stored(...keys)).toEqual([["all"], undefined, ["all", "cluster"], undefined]);
    expect((await publish("--key", "edge")).out).not.toContain("nodes");
    write("nodes/n%2F1/a.yaml", clusters("again"));
    expect(await publish("--key", "edge")).toMatchObject({ code: 0 });
    expect(await stored(...keys.slice(0, 2))).toEqual([["all"], ["again", "all"]]);
  });

  it("leaves keys alone that are others'", async () => {
    write("a.yaml", clusters("a"));
    write("nodes/n/a.yaml", clusters("m"));
    await publish("--key", "edge");
    await publish("--key", "edge-2");
    await publish("--key", "edge/x");
    rmSync(join(files, "nodes"), { recursive: true });
    await publish("--key", "edge");
    expect(await stored("edge/nodes/n", "edge-2/nodes/n", "edge/x/nodes/n")).toEqual([undefined, ["a", "m"], [
      "a",
      "m",
    ]]);
  });

  it("withholds layers that are wrong together from clients that have both, and says so", async () => {
    const route = `"@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
name: r
virtual_hosts: [{ name: a, domains: [a], routes: [{ match: { prefix: / }, route: { cluster: a } }] }]
`;
    write("a.yaml", clusters("a"));
    write("nodes/n.yaml", route);
    write("clusters/c.yaml", `remove: [{ "@type": ${CLUSTER_TYPE}, name: a }]\nresources: []\n`);
    const { code, out, err } = await publish();
    expect(code).toBe(0);
    expect(out.split("\n")[0]).toMatch(/^default\/nodes\/n\/clusters\/c: stays as it was; revision \d+$/);
    expect(err).toContain(
      'Not for node "n" in cluster "c", whose layers are wrong together: it keeps what it has',
    );
    expect(err).toContain("[reference.cluster]");
    expect(await stored("default", "default/nodes/n", "default/clusters/c")).toEqual([["a"], ["a"], []]);
    rmSync(join(files, "clusters"), { recursive: true });
    expect(await publish()).toMatchObject({ code: 0, err: "2 files, 2 resources: 0 errors, 0 warnings" });
    expect(await stored("default/nodes/n", "default/nodes/n/clusters/c")).toEqual([["a"], undefined]);
  });

  it("deletes what was replaced", async () => {
    const sizes: number[] = [];
    for (let i = 0; i < 5; i++) {
      write("a.yaml", clusters("a").replace("name: a", `name: a\nalt_stat_name: x${i}`));
      await publish();
      const engine = await FileEngine.open(join(folder.root, "store"));
      const keys: string[] = [];
      for await (const { key } of engine.list("")) keys.push(key);
      await engine.close();
      sizes.push(keys.length);
    }
    expect(sizes).toEqual(Array.from(sizes, () => sizes[0]));
  });

  it("shows names and no content", async () => {
    folder.write("key.pem", "canary");
    write(
      "a.yaml",
      `"@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret
name: token
generic_secret: { secret: { inline_string: "\${file:../key.pem}" } }
`,
    );
    const { code, all } = await publish("--diff");
    expect(code).toBe(0);
    expect(all).toContain('+ envoy.extensions.transport_sockets.tls.v3.Secret "token"');
    folder.write("key.pem", "canary-2");
    const changed = await publish("--diff");
    expect(changed.out).toContain('~ envoy.extensions.transport_sockets.tls.v3.Secret "token"');
    expect(all + changed.all).not.toContain("canary");
  });
});
