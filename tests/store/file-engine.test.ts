import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileEngine } from "../../src/node/store/mod.ts";
import { SnapshotStore } from "../../src/store/mod.ts";
import { cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), "file-engine-"))));
afterEach(() => rm(directory, { recursive: true }));

const bytes = (text: string) => new TextEncoder().encode(text);

describe("FileEngine", () => {
  it("loses nothing acknowledged when its processes are killed, compactions or not", { timeout: 120_000 }, async () => {
    const engine = await FileEngine.open(directory, { compactBytes: 20_000 });
    const seen: number[] = [];
    const ended = new AbortController();
    const watching = (async () => {
      for await (const { revision } of engine.watch("a/", { fromRevision: 0, signal: ended.signal })) {
        seen.push(revision);
      }
    })();
    for (let round = 0; round < 6; round++) {
      const writers = ["x", "y"].map((name) => new Writer(directory, name));
      await Promise.all(writers.map((each) => each.until(10 + round * 3)));
      await Promise.all(writers.map((each) => each.kill()));
      for (const { name, acknowledged } of writers) {
        const { value } = (await engine.get(`a/${name}`))!;
        expect(Number(new TextDecoder().decode(value).replace(/^-*/, ""))).toBeGreaterThanOrEqual(acknowledged);
      }
      const fresh = await FileEngine.open(directory);
      for (const key of ["a/x", "a/y"]) expect(await fresh.get(key)).toEqual(await engine.get(key));
      await fresh.close();
    }
    ended.abort();
    await watching;
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    await engine.close();
  });

  it("begins again after a process that was killed between the end of a generation and the next one", async () => {
    const engine = await FileEngine.open(directory);
    const revision = await engine.putIf("a/x", bytes("1"));
    // As its process leaves it then.
    const { ChangeLog } = await import("../../src/node/store/change-log.ts");
    const log = await ChangeLog.open(directory);
    expect(await log.seal(1, revision + 1)).toBe(true);
    const [one, two] = [await FileEngine.open(directory), await FileEngine.open(directory)];
    await Promise.all([
      one.putIf("a/y", bytes("2"), 0),
      two.putIf("a/z", bytes("3"), 0),
      engine.putIf("a/x", bytes("4")),
    ]);
    for (const each of [one, two, engine]) {
      const values = await Promise.all(["a/x", "a/y", "a/z"].map(async (key) => String((await each.get(key))?.value)));
      expect(values).toEqual([bytes("4"), bytes("2"), bytes("3")].map(String));
    }
    await expect(log.append(1, 2, [])).resolves.toBe(false);
  });

  it("keeps files small in number and size where the same keys are written again", async () => {
    const engine = await FileEngine.open(directory, { compactBytes: 50_000 });
    for (let i = 0; i < 200; i++) await engine.putIf("a/x", new Uint8Array(1_000));
    const files = await readdir(directory, { recursive: true });
    expect(files.length).toBeLessThan(80);
    expect(await sizeOf(directory)).toBeLessThan(150_000);
    await engine.close();
  });

  it("is readable by its user only", async () => {
    const store = new SnapshotStore(await FileEngine.open(join(directory, "new")));
    await store.publish("edge", [cluster({ name: "a" })]);
    for (const name of await readdir(join(directory, "new"), { recursive: true })) {
      expect((await stat(join(directory, "new", name))).mode & 0o077, name).toBe(0);
    }
    expect((await store.get("edge")).snapshot!.get(CLUSTER_TYPE, "a")).toBeDefined();
    await store.close();
    await expect(store.publish("edge", [])).rejects.toThrow("the engine was closed");
  });
});

class Writer {
  readonly name: string;
  acknowledged = -1;
  readonly #process: ChildProcess;
  #changed = Promise.withResolvers<void>();

  constructor(directory: string, name: string) {
    this.name = name;
    const program = new URL("file-writer.ts", import.meta.url).pathname;
    this.#process = spawn(process.execPath, [program, directory, name], { stdio: ["ignore", "pipe", "inherit"] });
    let rest = "";
    this.#process.stdout!.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      if (lines.length > 0) this.acknowledged = Number(lines.at(-1));
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    });
  }

  async until(count: number): Promise<void> {
    while (this.acknowledged < count) await this.#changed.promise;
  }

  async kill(): Promise<void> {
    const exit = once(this.#process, "close");
    this.#process.kill("SIGKILL");
    await exit;
  }
}

async function sizeOf(path: string): Promise<number> {
  let size = 0;
  for (const name of await readdir(path, { recursive: true })) {
    const found = await stat(join(path, name));
    if (found.isFile()) size += found.size;
  }
  return size;
}
