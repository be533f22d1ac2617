import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { run } from "../../src/cli/run.ts";
import { ReplicaLog } from "../../src/cli/store/replica-log.ts";
import type { ReplicaStatus } from "../../src/store/mod.ts";
import { CLUSTER_TYPE } from "../../src/v3/types.ts";
import { ADS_DELTA, GrpcClient } from "../server/grpc-client.ts";
import { Folder, xds } from "./xds.ts";

let folder: Folder;
let files: string;

beforeEach(() => {
  folder = new Folder();
  files = join(folder.root, "config");
  mkdirSync(files);
});

afterEach(() => folder[Symbol.dispose]());

function write(...names: readonly string[]): void {
  const cluster = (name: string) =>
    `"@type": ${CLUSTER_TYPE}\nname: ${name}\ntype: ORIGINAL_DST\nlb_policy: CLUSTER_PROVIDED\n`;
  folder.write("config/a.yaml", names.map(cluster).join("---\n"));
}

const at = (name: string) => ["--store", `file:${join(folder.root, name)}`];

/** `xds serve` in this process, which its signals end. */
class Serve {
  readonly lines: Record<string, unknown>[] = [];
  readonly code: Promise<number>;

  constructor(...args: readonly string[]) {
    const err = (line: string) => void this.lines.push(JSON.parse(line));
    const all = ["serve", "--port", "0", "--log-format", "json", "--drain-seconds", "0", ...args];
    this.code = run(all, { out: () => {}, err, environment: {} });
  }

  says(text: string): Promise<Record<string, unknown>> {
    return vi.waitFor(() => {
      const found = this.lines.find(({ message }) => String(message).includes(text));
      expect(found, JSON.stringify(this.lines)).toBeDefined();
      return found!;
    }, { timeout: 20_000 });
  }

  /** The names of the clusters that a client is sent at first. */
  async clusters(): Promise<string[]> {
    const { port } = await this.says("Serves xDS on");
    using client = new GrpcClient(Number(port));
    const stream = client.delta(ADS_DELTA);
    stream.send({ node: { id: "n" }, typeUrl: CLUSTER_TYPE });
    return (await stream.next()).resources.map(({ name }) => name).sort();
  }

  async end(): Promise<number> {
    process.emit("SIGTERM", "SIGTERM");
    return await this.code;
  }
}

describe("xds serve --store", () => {
  it("waits for the first publication, serves each, and ends with 0", async () => {
    const listeners = process.listenerCount("SIGUSR2");
    const served = new Serve(...at("store"));
    expect(await served.says("The store has nothing under")).toMatchObject({ level: "warn", key: "default" });
    write("a", "b");
    const { out } = await xds(["publish", ...at("store"), files]);
    const revision = Number(/revision (\d+)/.exec(out)![1]);
    expect(await served.says('of "default": 2 resources')).toMatchObject({ level: "info", key: "default", revision });
    expect(await served.clusters()).toEqual(["a", "b"]);
    expect(await served.end()).toBe(0);
    expect(served.lines.filter(({ level }) => level === "error")).toEqual([]);
    expect(process.listenerCount("SIGUSR2")).toBe(listeners);
  });

  it("tries a store again that cannot be reached, says so once, and ends with 0 meanwhile", async () => {
    const served = new Serve("--store", "nats://127.0.0.1:1");
    expect(await served.says("Follows the key")).toMatchObject({
      message: 'Follows the key "default" of the bucket "xds" at nats://127.0.0.1:1',
    });
    expect(await served.says("Cannot connect to NATS")).toMatchObject({ level: "warn" });
    await served.says("Serves xDS on");
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await served.end()).toBe(0);
    expect(served.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      expect.stringContaining("info Follows the key"),
      expect.stringMatching(/^(warn Cannot connect|info Serves xDS)/),
      expect.stringMatching(/^(warn Cannot connect|info Serves xDS)/),
      expect.stringContaining("info SIGTERM"),
    ]);
  });

  it("starts from its copy while the store is away", async () => {
    write("a");
    await xds(["publish", ...at("store"), files]);
    const copy = join(folder.root, "copy");
    const first = new Serve(...at("store"), "--copy-to", copy);
    expect(await first.says("Is ready, with the full picture of the store at revision")).toMatchObject({
      level: "info",
    });
    expect(await first.end()).toBe(0);
    const second = new Serve("--store", "nats://127.0.0.1:1", "--copy-to", copy);
    expect(await second.says(`Serves the copy in ${copy}, which may be old`)).toMatchObject({ level: "warn" });
    expect(await second.clusters()).toEqual(["a"]);
    expect(await second.end()).toBe(0);
  });

  it("holds back what removes most of a store that was replaced, until SIGUSR2", async () => {
    write("a", "b", "c");
    await xds(["publish", ...at("store"), files]);
    const copy = join(folder.root, "copy");
    const first = new Serve(...at("store"), "--copy-to", copy);
    await first.says("Is ready");
    await first.end();
    rmSync(join(folder.root, "store"), { recursive: true });
    write("a");
    await xds(["publish", ...at("store"), files]);
    const second = new Serve(...at("store"), "--copy-to", copy);
    expect(await second.says("Holds back")).toMatchObject({
      level: "error",
      key: "default",
      removed: 2,
      of: 3,
      message: expect.stringMatching(new RegExp(`Publish the right files again; .*: kill -USR2 ${process.pid}$`)),
    });
    await second.says("everything is read anew");
    expect(await second.clusters()).toEqual(["a", "b", "c"]);
    process.emit("SIGUSR2", "SIGUSR2");
    expect(await second.says("SIGUSR2: ")).toMatchObject({ message: 'SIGUSR2: serves what was held: "default"' });
    expect(await second.clusters()).toEqual(["a"]);
    process.emit("SIGUSR2", "SIGUSR2");
    await second.says("SIGUSR2: nothing is held");
    expect(await second.end()).toBe(0);
    expect(second.lines.filter(({ message }) => String(message).includes("Holds")).length).toBe(1);
  });
});

describe("ReplicaLog", () => {
  const lines: string[] = [];
  const write = (level: string) => (_: object, message: string) => void lines.push(`${level} ${message}`);
  const log = {
    isLevelEnabled: () => true,
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
  const STATUS: ReplicaStatus = {
    isReady: true,
    isConnected: true,
    isStale: false,
    disconnectedSince: undefined,
    revision: 7,
    pending: 0,
    lagMs: 0,
    held: [],
    error: undefined,
  };
  let status = STATUS;
  const open = () => {
    lines.length = 0;
    status = STATUS;
    const replicaLog = new ReplicaLog(log, { key: "k", copyTo: undefined });
    replicaLog.follow({ status: () => status, getSnapshot: () => undefined });
    replicaLog.close();
    return replicaLog;
  };

  it("logs a change of state once", () => {
    const replicaLog = open();
    const look = (change: Partial<ReplicaStatus>) => {
      status = { ...STATUS, ...change };
      lines.length = 0;
      replicaLog.look();
      const first = [...lines];
      replicaLog.look();
      expect(lines).toEqual(first);
      return first;
    };
    expect(look({ isReady: false, isConnected: false })).toEqual([]);
    status = STATUS;
    replicaLog.ready();
    expect(lines).toEqual([
      "info Is ready, with the full picture of the store at revision 7",
      'warn The store has nothing under "k": its clients wait until it is published',
    ]);
    expect(look({})).toEqual([]);
    const cause = new Error("refused");
    const error = new Error("Cannot connect", { cause });
    const since = new Date(Date.now() - 65_000);
    expect(look({ isConnected: false, disconnectedSince: since, error })).toEqual([
      "warn Does not follow the store at present, and serves what it has: Cannot connect: refused",
    ]);
    expect(look({})).toEqual([expect.stringMatching(/^info Follows the store again, after 6\d s, at revision 7$/)]);
    expect(look({ lagMs: 9_000, pending: 1 })).toEqual([]);
    expect(look({ lagMs: 11_000, pending: 2 })).toEqual([
      "warn Is 11 s behind the store: 2 publications cannot be read yet",
    ]);
    expect(look({})).toEqual(["info Serves what the store has again"]);
    expect(look({ held: [{ key: "k", removed: 3, of: 4 }] })).toEqual([
      expect.stringMatching(/^error Holds back "k": .*3 of 4 resources would be removed/),
    ]);
  });

  it("logs an error once a minute", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      const replicaLog = open();
      for (let i = 0; i < 3; i++) replicaLog.error(new Error("away"));
      replicaLog.error(new Error("other"));
      expect(lines).toEqual(["warn away", "warn other"]);
      vi.advanceTimersByTime(60_000);
      replicaLog.error(new Error("away"));
      expect(lines).toEqual(["warn away", "warn other", "warn away"]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("shows the keys that there are where its own has nothing", () => {
    const replicaLog = open();
    for (const key of ["K", "a/nodes/n", "k/nodes/n"]) replicaLog.served(key, 1);
    replicaLog.ready();
    expect(lines.at(-1)).toBe(
      'warn The store has nothing under "k": its clients wait until it is published; there is "K", "a/nodes/n"',
    );
  });

  it("logs publications of its clients' keys, and of others at the debug level", () => {
    const replicaLog = open();
    replicaLog.served("k", 5);
    expect(lines).toEqual([expect.stringMatching(/^debug Serves revision 5/)]);
    replicaLog.ready();
    lines.length = 0;
    for (const key of ["k", "k/nodes/n", "other"]) replicaLog.served(key, 8);
    expect(lines.map((line) => line.split(":")[0])).toEqual([
      'info Serves revision 8 of "k"',
      'info Serves revision 8 of "k/nodes/n"',
      'debug Serves revision 8 of "other"',
    ]);
  });
});
