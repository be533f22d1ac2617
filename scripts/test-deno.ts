// Servers on Deno, fed to a gRPC client: the example, as `deno task start` runs it, and README's first server in a folder
// outside of the repository, with the permissions that README gives it.
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { spawn, type SpawnOptions, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AggregatedDiscoveryService } from "../gen/envoy/service/discovery/v3/ads_pb.ts";
import { CLUSTER_TYPE } from "../src/v3/types.ts";
import { freePort } from "../tests/free-port.ts";
import { guideOf } from "./package/guide.ts";

const ROOT = join(import.meta.dirname, "..");

const [port, upstreamPort] = [await freePort(), await freePort()];
const task = ["task", "start", "--port", `${port}`, "--upstream-port", `${upstreamPort}`];
await serves({ args: task, port }, { cwd: ROOT });
console.log("The example serves a gRPC client on Deno");

const validate = ["task", "xds", "validate", "examples/files"];
const { status, stdout, stderr } = spawnSync("deno", validate, { cwd: ROOT, encoding: "utf8" });
if (status !== 0 || !stderr.includes(": 0 errors")) throw new Error(`Cannot validate on Deno: ${stdout}${stderr}`);
console.log("The command validates files on Deno");

const folder = mkdtempSync(join(tmpdir(), "ts-control-plane-deno-"));
try {
  const port = await freePort();
  const { files } = guideOf(readFileSync(join(ROOT, "README.md"), "utf8"), "## From nothing to a request");
  writeFileSync(join(folder, "server.mts"), files["server.mts"]!.replace("port: 18000", `port: ${port}`));
  // As docs/runtimes.md has it.
  const [, config] = /^```json\n([^]*?"links"[^]*?)^```/m.exec(readFileSync(join(ROOT, "docs/runtimes.md"), "utf8"))!;
  writeFileSync(join(folder, "deno.json"), config!.replace("../ts-control-plane", ROOT));
  await serves({ args: ["run", "--quiet", "--allow-net=127.0.0.1", "server.mts"], port }, { cwd: folder });
  console.log("README's server serves a gRPC client on Deno, from outside of the repository");
} finally {
  rmSync(folder, { recursive: true });
}

interface Server {
  readonly args: readonly string[];
  readonly port: number;
}

/** Runs a server until it has sent one cluster to a client. */
async function serves({ args, port }: Server, options: SpawnOptions): Promise<void> {
  const server = spawn("deno", args, { ...options, stdio: ["ignore", "ignore", "inherit"] });
  const ended = once(server, "exit");
  try {
    const signal = AbortSignal.timeout(120_000);
    const early = ended.then(() => Promise.reject(new Error("Cannot test: the server has ended")));
    await Promise.race([early, received(port, signal)]);
  } finally {
    server.kill();
    await ended;
  }
}

/** Connects as soon as the server listens, which takes as long as Deno needs to load it. */
async function received(port: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const transport = createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}` });
    const client = createClient(AggregatedDiscoveryService, transport);
    try {
      for await (
        const { typeUrl, resources, nonce } of client.streamAggregatedResources(requests(signal), { signal })
      ) {
        if (typeUrl === CLUSTER_TYPE && resources.length === 1 && nonce !== "") return;
        throw new TypeError(`Cannot use ${typeUrl}`);
      }
    } catch (error) {
      if (error instanceof TypeError) throw error;
      await sleep(100, undefined, { signal });
    }
  }
}

async function* requests(signal: AbortSignal) {
  yield { node: { id: "node1" }, typeUrl: CLUSTER_TYPE };
  await once(signal, "abort");
}
