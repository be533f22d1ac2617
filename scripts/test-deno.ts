// The example server on Deno, as `deno task start` runs it, fed to a gRPC client.
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { AggregatedDiscoveryService } from "../gen/envoy/service/discovery/v3/ads_pb.ts";
import { CLUSTER_TYPE } from "../src/v3/types.ts";
import { freePort } from "../tests/free-port.ts";

const [port, upstreamPort] = [await freePort(), await freePort()];
const args = ["task", "start", "--port", `${port}`, "--upstream-port", `${upstreamPort}`];
const server = spawn("deno", args, { stdio: ["ignore", "pipe", "inherit"] });
const ended = once(server, "exit");
try {
  await Promise.race([
    once(server.stdout, "data"),
    ended.then(() => Promise.reject(new Error("Cannot test: the server has ended"))),
  ]);
  const transport = createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}` });
  const client = createClient(AggregatedDiscoveryService, transport);
  const signal = AbortSignal.timeout(30_000);
  for await (const { typeUrl, resources, nonce } of client.streamAggregatedResources(requests(signal), { signal })) {
    if (typeUrl !== CLUSTER_TYPE || resources.length !== 1 || nonce === "") throw new Error(`Cannot use ${typeUrl}`);
    break;
  }
  console.log("The example serves a gRPC client on Deno");
} finally {
  server.kill();
  await ended;
}

async function* requests(signal: AbortSignal) {
  yield { node: { id: "deno" }, typeUrl: CLUSTER_TYPE };
  await once(signal, "abort");
}
