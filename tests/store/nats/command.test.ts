import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLUSTER_TYPE } from "../../../src/v3/types.ts";
import { MissingBucket, NatsStore } from "../../../src/nats/mod.ts";
import { NatsServer } from "../../../examples/cluster/nats-server.ts";
import { Folder, xds } from "../../cli/xds.ts";
import { ADS_DELTA, GrpcClient } from "../../server/grpc-client.ts";
import { TestAuthority } from "../../server/test-authority.ts";
import { Operator } from "./operator.ts";
import { SecuredServer } from "./secured-server.ts";

const ROOT = join(import.meta.dirname, "../../..");
const MAIN = join(ROOT, "src/cli/main.ts");

/** How the command is run. */
interface Runtime {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** Those that docs/xds-command.md names. */
const PERMISSIONS = ["--allow-net=127.0.0.1", "--allow-env", `--allow-read=${tmpdir()}`];
const RUNTIMES: readonly Runtime[] = [
  { name: "Node", command: process.execPath, args: [MAIN] },
  { name: "Deno", command: join(ROOT, "node_modules/.bin/deno"), args: ["run", "--no-prompt", ...PERMISSIONS, MAIN] },
];

let folder: Folder;
beforeAll(() => {
  folder = new Folder();
  mkdirSync(join(folder.root, "config"));
});
afterAll(() => folder[Symbol.dispose]());

function write(versions: Readonly<Record<string, string>>): string {
  const cluster = ([name, alt]: readonly [string, string]) =>
    `"@type": ${CLUSTER_TYPE}\nname: ${name}\nalt_stat_name: "${alt}"\ntype: ORIGINAL_DST\nlb_policy: CLUSTER_PROVIDED\n`;
  folder.write("config/a.yaml", Object.entries(versions).map(cluster).join("---\n"));
  return join(folder.root, "config");
}

/** `xds serve` in a process of its own. */
class Replica implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #more: (() => void)[] = [];

  constructor(
    { command, args }: Runtime,
    options: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ) {
    const all = [...args, "serve", "--port", "0", "--drain-seconds", "0", ...options];
    this.#child = spawn(command, all, {
      cwd: ROOT,
      stdio: ["ignore", "inherit", "pipe"],
      env: { ...process.env, ...environment },
    });
    createInterface(this.#child.stderr!).on("line", (line) => {
      this.lines.push(line);
      for (const wake of this.#more.splice(0)) wake();
    }).on("close", () => this.lines.push("closed"));
  }

  async says(pattern: RegExp, { from = 0 } = {}): Promise<RegExpExecArray> {
    for (;;) {
      for (const line of this.lines.slice(from)) {
        const found = pattern.exec(line);
        if (found !== null) return found;
        if (line === "closed") throw new Error(`It has ended:\n${this.lines.join("\n")}`);
      }
      await new Promise<void>((resolve) => this.#more.push(resolve));
    }
  }

  async client(): Promise<GrpcClient> {
    return new GrpcClient(Number((await this.says(/Serves xDS on 127\.0\.0\.1:(\d+)/))[1]));
  }

  async end(): Promise<number | null> {
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    return (await exit)[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }
}

/** A client with a subscription to all clusters, which ACKs. */
async function follow(replica: Replica) {
  const client = await replica.client();
  const stream = client.delta(ADS_DELTA);
  stream.send({ node: { id: "n" }, typeUrl: CLUSTER_TYPE });
  return {
    async next() {
      const { resources, removedResources, nonce } = await stream.next();
      stream.send({ typeUrl: CLUSTER_TYPE, responseNonce: nonce });
      return { versions: Object.fromEntries(resources.map(({ name, version }) => [name, version])), removedResources };
    },
    close: () => client[Symbol.dispose](),
  };
}

describe("xds publish and xds serve --store", () => {
  it.each(RUNTIMES)(
    "serve a publication on each replica alike, and send what has changed alone, on $name",
    async (runtime) => {
      const nats = await NatsServer.start();
      const at = ["--store", nats.url, "--bucket", "fleet", "--key", "edge"];
      const dry = await xds(["publish", ...at, "--dry-run", write({ a: "1", b: "1", c: "1" })]);
      expect(dry).toMatchObject({ code: 0, out: "edge: 3 added, 0 changed, 0 removed; revision 0" });
      const store = NatsStore.open({ servers: nats.url, bucket: "fleet", create: false });
      await expect(store.get("edge")).rejects.toThrow(MissingBucket);
      await store.close();
      await using one = new Replica(runtime, at);
      await using two = new Replica(runtime, at);
      const first = await xds(["publish", ...at, write({ a: "1", b: "1", c: "1" })]);
      expect(first).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^edge: 3 added, 0 changed, 0 removed; revision /),
      });
      const clients = [await follow(one), await follow(two)];
      const [x, y] = await Promise.all(clients.map((each) => each.next()));
      expect(Object.keys(x!.versions).sort()).toEqual(["a", "b", "c"]);
      expect(y).toEqual(x);

      const second = await xds(["publish", ...at, "--diff", write({ a: "1", b: "2", c: "1" })]);
      expect(second.out.split("\n").slice(1)).toEqual(['  ~ envoy.config.cluster.v3.Cluster "b"']);
      const [changed, same] = await Promise.all(clients.map((each) => each.next()));
      expect(Object.keys(changed!.versions)).toEqual(["b"]);
      expect(changed!.versions["b"]).not.toBe(x!.versions["b"]);
      expect(same).toEqual(changed);

      // The server of NATS ends, and comes back with another publication.
      const lines = one.lines.length;
      await nats.kill();
      await one.says(/Does not follow the store at present, and serves what it has/, { from: lines });
      await nats.start();
      await one.says(/Follows the store again, after \d+ s/, { from: lines });
      expect(await xds(["publish", ...at, write({ a: "1", b: "2" })])).toMatchObject({ code: 0 });
      for (const each of clients) expect(await each.next()).toEqual({ versions: {}, removedResources: ["c"] });
      for (const each of clients) each.close();
      expect([await one.end(), await two.end()]).toEqual([0, 0]);
      await nats.remove();
    },
    120_000,
  );

  it.each(RUNTIMES)("connect by TLS with certificates and a user, on $name", async (runtime) => {
    const pass = "pass-canary";
    const authority = new TestAuthority("nats");
    const [server, client] = [authority.issue("server"), authority.issue("client")];
    await using nats = await SecuredServer.start(
      { key: server.key, cert: server.cert, ca: authority.cert, own: client.key, mine: client.cert, pass },
      (folder) =>
        `tls {
        cert_file: "${folder}/cert", key_file: "${folder}/key", ca_file: "${folder}/ca", verify: true
      }
      authorization { user: me, password: "${pass}" }`,
    );
    authority.remove();
    const at = [
      ...["--store", `tls://127.0.0.1:${nats.port}`, "--store-ca", nats.path("ca")],
      ...["--store-cert", nats.path("mine"), "--store-key", nats.path("own"), "--store-user", "me"],
    ];
    const config = write({ a: "1" });
    await publishes(runtime, [...at, "--store-password-file", nats.path("pass")], config);
    await using replica = new Replica(runtime, at, { XDS_STORE_PASSWORD: pass });
    const follower = await follow(replica);
    expect(Object.keys((await follower.next()).versions)).toEqual(["a"]);
    follower.close();
    expect(await replica.end()).toBe(0);

    await using refused = new Replica(runtime, at, { XDS_STORE_PASSWORD: "wrong-canary" });
    await refused.says(/warn Cannot connect to NATS at tls:\/\/127\.0\.0\.1:\d+: Authorization Violation/);
    expect(await refused.end()).toBe(0);
    const wrong = await xds(["publish", ...at, config], { XDS_STORE_PASSWORD: "wrong-canary" });
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining(": Authorization Violation")]);
    expect([...replica.lines, ...refused.lines, wrong.all].join("\n")).not.toContain("canary");
  }, 120_000);

  it.each(RUNTIMES)("connect with a credentials file of an operator, on $name", async (runtime) => {
    const operator = new Operator();
    await using nats = await SecuredServer.start({ creds: operator.credentials() }, () => operator.config);
    const at = ["--store", `nats://127.0.0.1:${nats.port}`, "--store-creds", nats.path("creds")];
    const config = write({ a: "1" });
    await publishes(runtime, at, config);
    await using replica = new Replica(runtime, at);
    const follower = await follow(replica);
    expect(Object.keys((await follower.next()).versions)).toEqual(["a"]);
    follower.close();
    expect(await replica.end()).toBe(0);
    const none = await xds(["publish", ...at.slice(0, 2), config]);
    expect([none.code, none.err]).toEqual([1, expect.stringContaining(": Authorization Violation")]);
  }, 120_000);
});

async function publishes(
  { command, args }: Runtime,
  options: readonly string[],
  config: string,
): Promise<void> {
  const { stdout } = await promisify(execFile)(command, [...args, "publish", ...options, config], { cwd: ROOT });
  expect(stdout).toMatch(/^default: 1 added, 0 changed, 0 removed; revision \d+\n$/);
}
