import { Worker } from "node:worker_threads";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Client, type ClientDuplexStream, credentials } from "@grpc/grpc-js";
import { expect, it } from "vitest";
import {
  DiscoveryRequestSchema,
  type DiscoveryResponse,
  DiscoveryResponseSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import { Snapshot } from "../../mod.ts";
import { SnapshotFeed } from "../../src/entries/feed.ts";
import { cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { freePort } from "../free-port.ts";

const CLIENTS = 32;

it("serves one port by several threads, from one feed", async () => {
  const port = await freePort();
  const feed = new SnapshotFeed();
  feed.setSnapshot("every node", new Snapshot({ resources: [cluster({ name: "a" })] }));
  const workers = [0, 1].map((i) =>
    new Worker(new URL("../../examples/cores/worker.ts", import.meta.url), {
      workerData: { port, name: `worker ${i}` },
    })
  );
  const clients: Client[] = [];
  try {
    const listening = workers.map((worker) =>
      new Promise((resolve) => worker.on("message", (line) => String(line).includes("listens") && resolve(line)))
    );
    for (const worker of workers) feed.connect((message) => worker.postMessage(message));
    await Promise.all(listening);
    const streams = Array.from({ length: CLIENTS }, () => {
      // By default, channels to one address share a connection.
      const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
        "grpc.use_local_subchannel_pool": 1,
      });
      clients.push(client);
      return new Stream(client);
    });
    const first = await Promise.all(streams.map((stream) => stream.next()));
    expect(new Set(first.map(({ controlPlane }) => controlPlane!.identifier))).toEqual(
      new Set(["worker 0", "worker 1"]),
    );
    // The same version on every thread: a client may reconnect to another one.
    expect(new Set(first.map(({ versionInfo }) => versionInfo)).size).toBe(1);
    feed.setSnapshot("every node", feed.getSnapshot("every node")!.with({ update: [cluster({ name: "b" })] }));
    const second = await Promise.all(streams.map((stream) => stream.next()));
    expect(new Set(second.map(({ resources, versionInfo }) => `${resources.length} ${versionInfo}`)).size).toBe(1);
    expect(second[0]!.resources.length).toBe(2);
  } finally {
    for (const client of clients) client.close();
    for (const worker of workers) await worker.terminate();
  }
});

class Stream {
  readonly #call: ClientDuplexStream<object, DiscoveryResponse>;
  readonly #responses: AsyncIterator<DiscoveryResponse>;
  #nonce = "";

  constructor(client: Client) {
    this.#call = client.makeBidiStreamRequest(
      "/envoy.service.cluster.v3.ClusterDiscoveryService/StreamClusters",
      (request: object) => Buffer.from(toBinary(DiscoveryRequestSchema, create(DiscoveryRequestSchema, request))),
      (bytes: Buffer) => fromBinary(DiscoveryResponseSchema, bytes),
    );
    this.#responses = this.#call[Symbol.asyncIterator]();
  }

  async next(): Promise<DiscoveryResponse> {
    this.#call.write({ node: { id: "node" }, typeUrl: CLUSTER_TYPE, responseNonce: this.#nonce });
    const { value } = await this.#responses.next();
    this.#nonce = value.nonce;
    return value;
  }
}
