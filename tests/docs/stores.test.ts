import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocksOf, ROOT } from "./blocks.ts";
import { fromSources } from "./program.ts";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "ts-control-plane-stores-"))));
afterAll(() => rmSync(folder, { recursive: true }));

const replicas = blocksOf("docs/replicas.md").filter(({ language }) => language === "ts");
const [ownCache] = blocksOf("docs/your-own-cache.md").filter(({ language }) => language === "ts");

describe("docs/replicas.md", () => {
  const [writer, replica, directory, engine] = ["store.publish", "copyTo", "FileEngine", "testEngine"].map((what) => {
    return replicas.find(({ text }) => text.includes(what));
  });

  it("has a writer and a replica that serves what it has published", () => {
    const given = `
      import { cluster, clusterEndpoints, routeConfig, CLUSTER_TYPE } from "ts-control-plane/v3";
      import { createDiscoveryServer } from "ts-control-plane";
      const servers = ["nats://127.0.0.1:4222"];
      const clusters = [cluster({ name: "a" }), cluster({ name: "old" })];
      const assignments = [clusterEndpoints("a", ["127.0.0.1:1"])];
      const routes = [routeConfig("r", { "/": "a" })];
      const changed = cluster({ name: "a", altStatName: "b" });`;
    const shown = `
      await cache.ready;
      console.log([...cache.getSnapshot("edge").resources(CLUSTER_TYPE).keys()].join());
      await cache.close();
      await store.close();`;
    write("nats.mjs", DIRECTORY_FOR_NATS);
    expect(run(`${given}\n${writer!.text}`)).toBe("");
    expect(run(`${given}\n${replica!.text}\n${shown}`)).toBe("a\n");
  });

  it("has a writer and a replica of a directory", () => {
    const given = `
      import { cluster } from "ts-control-plane/v3";
      const resources = [cluster({ name: "a" })];`;
    const shown = `
      await cache.ready;
      console.log(cache.getSnapshot("edge").types.length);
      await cache.close();
      await store.close();`;
    expect(run(`${given}\n${directory!.text}\n${shown}`)).toBe("1\n");
  });

  it("has tests of an engine that one of this package passes", () => {
    const given = `
      import { MemoryEngine } from "ts-control-plane/store";
      const hosts = [];
      const made = new Map();
      const EtcdEngine = {
        open: async ({ prefix }) => made.get(prefix) ?? made.set(prefix, new MemoryEngine()).get(prefix),
      };`;
    const printed = run(`${given}\n${engine!.text}`, ["--test", "--test-reporter=tap"]);
    expect(printed).toMatch(/^# fail 0$/m);
    expect(Number(/^# pass (\d+)$/m.exec(printed)![1])).toBeGreaterThan(20);
  });
});

it("docs/your-own-cache.md has a cache of a database that serves what that has", () => {
  const given = `
    import { cluster } from "ts-control-plane/v3";
    const database = { query: async () => [{ name: "a" }, { name: "b" }] };
    const toResource = ({ name }) => cluster({ name });`;
  const shown = `
    await cache.ready;
    console.log(Object.values(cache.getSnapshot("edge").toJSON().resources).join());
    cache.close();`;
  expect(run(`${given}\n${ownCache!.text}\n${shown}`)).toBe("2\n");
});

/** The same store in a directory, so that no server is needed. */
const DIRECTORY_FOR_NATS = `
import { FileEngine } from "ts-control-plane/node/store";
import { SnapshotStore } from "ts-control-plane/store";
export { ReplicatedCache } from "${pathToFileURL(join(ROOT, "src/nats/replicated-cache.ts"))}";
const open = async () => new SnapshotStore(await FileEngine.open("store"));
export const NatsStore = { connect: open, open: () => opened };
const opened = await open();
`;

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, fromSources(text, (file) => pathToFileURL(file).href));
  return path;
}

/** Runs a program to its end. @returns what it has printed */
function run(text: string, args: readonly string[] = []): string {
  const program = text.replaceAll('"ts-control-plane/nats"', '"./nats.mjs"').replaceAll("/var/lib/", "./");
  const path = write("program.mts", program);
  const { stdout, stderr, status } = spawnSync(process.execPath, [...args, path], { cwd: folder, encoding: "utf8" });
  expect([stderr, status]).toEqual(["", 0]);
  return stdout;
}
