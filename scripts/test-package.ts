// Packs the npm package, looks it over, and uses it in a fresh project as its users will. What the tools say is shown
// where one of them fails.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { commandOf, RUNTIMES } from "../tests/runtimes/runtimes.ts";
import { takeFirstSteps } from "./package/first-steps.ts";
import { serveRegistry } from "./package/registry.ts";

const USE = `
import { createDiscoveryServer, Snapshot, SnapshotCache } from "ts-control-plane";
import type { ApiTable } from "ts-control-plane/api";
import { SnapshotFeed } from "ts-control-plane/feed";
import { parseXdstp } from "ts-control-plane/names";
import { cluster, CLUSTER_TYPE, edsCluster, httpListener, LbPolicy, routeConfig, v3 } from "ts-control-plane/v3";
import { listen } from "ts-control-plane/node";
import { FakeClient } from "ts-control-plane/testing";
import { validate } from "ts-control-plane/validate";
import { create } from "@bufbuild/protobuf";
import { type Cluster, ClusterSchema } from "ts-control-plane/gen/envoy/config/cluster/v3/cluster_pb.js";
import { NodeSchema } from "ts-control-plane/gen/envoy/config/core/v3/base_pb.js";

const cache = new SnapshotCache();
const server = createDiscoveryServer({ cache });
const listener = await listen(server, { port: 0 });
const a: Cluster = create(ClusterSchema, { name: "a" });
cache.setSnapshot("node", new Snapshot({ resources: [cluster(a)] }));
const body = JSON.stringify({ node: { id: "node" } });
const headers = { "content-type": "application/json" };
const polled = await server.fetch(new Request("http://x/v3/discovery:clusters", { method: "POST", headers, body }));
if (polled.status !== 200 || !(await polled.text()).includes('"@type"')) throw new Error("no response to a poll");
if (!cache.getSnapshot("node")?.version(CLUSTER_TYPE)) throw new Error("no version");
const client = new FakeClient({ cache, api: v3, variant: "sotw" });
client.subscribe(CLUSTER_TYPE);
if (client.settle().length !== 1) throw new Error("no response");
client.close();
const problems = validate([cluster({ name: "a", connectTimeout: {} })]);
if (!problems.some(({ rule }) => rule === "duration.gt")) throw new Error("no problem is found");
const api: ApiTable = v3;
const feed = new SnapshotFeed();
feed.setSnapshot("node", [
  httpListener("ingress", { port: 10000, routes: "web" }),
  routeConfig("web", { "/": "echo", "/api": { clusters: { echo: 1, other: 2 }, timeout: "3s" } }),
  ...edsCluster("echo", ["127.0.0.1:8080"], { connectTimeout: 250, lbPolicy: LbPolicy.LEAST_REQUEST }),
]);
if (feed.getSnapshot("node")?.types.length !== 4 || api.name !== "v3") throw new Error("no four types");
if (api.node !== NodeSchema) throw new Error("a descriptor exists twice");
if (await api.messages?.(ClusterSchema.typeName) !== ClusterSchema) throw new Error("another descriptor is found");
if (parseXdstp("xdstp://a/b/c")?.id !== "c") throw new Error("no name");
await listener.close();
`;

/** The names of thousands of entry points alone are megabytes. */
const MAX_OUTPUT = 2 ** 28;

const root = join(import.meta.dirname, "..");
const bin = (name: string) => join(root, "node_modules/.bin", name);
const work = mkdtempSync(join(tmpdir(), "ts-control-plane-package-"));
try {
  rmSync(join(root, "dist"), { recursive: true, force: true });
  run(root, "npm", ["pack", "--pack-destination", work]);
  const tarball = join(work, readdirSync(work).find((name) => name.endsWith(".tgz"))!);
  run(root, bin("publint"), [tarball, "--strict"]);
  run(root, bin("attw"), [tarball, "--profile", "esm-only", "--exclude-entrypoints", "./gen/*.js", "package.json"]);
  run(root, "npm", ["publish", "--dry-run", "--tag", "next", tarball]);
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { devDependencies } = manifest;
  const dependencies = ["@bufbuild/protobuf", "@connectrpc/connect", "@connectrpc/connect-node"];
  writeFileSync(join(work, "package.json"), JSON.stringify({ type: "module", private: true }));
  writeFileSync(join(work, "use.ts"), USE);
  const [, example] = /```ts\n([^]*?)```/.exec(readFileSync(join(root, "docs/testing-a-cache.md"), "utf8"))!;
  writeFileSync(join(work, "cache.test.ts"), example!);
  run(work, "npm", [
    "install",
    "--no-audit",
    "--no-fund",
    tarball,
    ...dependencies.map((name) => `${name}@${devDependencies[name]}`),
  ]);
  const options = ["--strict", "--noEmit", "--target", "es2024", "--module", "nodenext", "--types", ""];
  run(work, bin("tsc"), [...options, "use.ts"]);
  run(work, bin("node"), ["use.ts"]);
  await useCommand();
  run(work, bin("node"), ["--test", "--test-reporter=dot", "cache.test.ts"]);
  const elsewhere = spawnSync("npm", ["config", "get", "registry"], { cwd: root, encoding: "utf8" }).stdout.trim();
  await using registry = await serveRegistry({ manifest, tarball }, elsewhere);
  await takeFirstSteps({ work, root, registry: registry.url });
  console.log("The package works in a fresh project");
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** The command, as `npx` runs it, with the oldest Node. */
async function useCommand(): Promise<void> {
  const [node] = await commandOf(RUNTIMES[0]!);
  const files = join(root, "examples/files");
  const PATH = [dirname(node!), process.env["PATH"]].join(delimiter);
  const npx = (...args: string[]) => run(work, "npx", ["--no-install", ...args], { PATH });
  npx("xds", "validate", files);
  const made = npx("ts-control-plane", "bootstrap", "--node", "n1");
  if (JSON.parse(made).node.id !== "n1") throw new Error("no bootstrap");
  npx("xds", "publish", "--store", `file:${join(work, "store")}`, files);
  // The client of NATS is not installed here.
  const nats = ["--no-install", "xds", "publish", "--store", "nats://127.0.0.1:1", files];
  const { status, stderr } = spawnSync("npx", nats, { cwd: work, encoding: "utf8", env: { ...process.env, PATH } });
  if (status !== 1 || !stderr.includes("npm install @nats-io/nats-core")) throw new Error(`No advice: ${stderr}`);
  const child = spawn(node!, [join(work, "node_modules/.bin/xds"), "serve", "--port", "0", files]);
  let log = "";
  for await (const chunk of child.stderr) {
    log += chunk;
    // Once: another signal while it ends would end it as any process.
    if (log.includes("Serves xDS on") && !child.killed) child.kill("SIGTERM");
  }
  if (child.exitCode === null) await once(child, "exit");
  if (child.exitCode !== 0 || !log.includes("SIGTERM")) throw new Error(`Cannot serve files: ${log}`);
}

function run(cwd: string, command: string, args: string[], environment: NodeJS.ProcessEnv = {}): string {
  const started = performance.now();
  const line = `$ ${[command, ...args].map((part) => part.split("/").at(-1)).join(" ")}`;
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: MAX_OUTPUT,
  });
  console.log(`${line} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (status === 0) return stdout;
  console.log(stdout + stderr);
  throw error ?? new Error(`Cannot use the package: ${line} has ended with ${status}`);
}
