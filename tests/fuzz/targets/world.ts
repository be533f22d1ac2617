import assert from "node:assert/strict";
import {
  createDiscoveryServer,
  type DiscoveryServer,
  type DiscoveryServerOptions,
  rawResource,
  type Resource,
  Snapshot,
  SnapshotCache,
} from "../../../mod.ts";
import { sizeOfHeaders } from "../../../src/server/limits/header-limits.ts";
import { acceptorOf, type ServedStream } from "../../../src/server/mod.ts";
import { cluster, CLUSTER_TYPE, ENDPOINT_TYPE, endpoints } from "../../../src/v3/mod.ts";
import { v3 } from "../../../src/v3/table.ts";
import { frame, sotwRequest } from "../../server/raw-client.ts";
import { InProcessStream } from "./in-process-stream.ts";

export const SOTW = "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";
export const DELTA = "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";

/** How to open a stream. */
export interface StreamInit {
  readonly headers?: Headers;
  readonly timeout?: string;
}

/** A server on which inputs are tried, and a client beside them that must be served whatever they are. */
export class World implements Disposable {
  readonly server: DiscoveryServer;
  readonly #cache = new SnapshotCache();
  readonly #faults: unknown[] = [];
  readonly #healthy: InProcessStream;
  readonly #healthyStream: ServedStream;
  #published = 0;
  #publishedForHealthy = 0;

  constructor(options: Partial<DiscoveryServerOptions> = {}) {
    const { callbacks } = options;
    this.server = createDiscoveryServer({
      cache: this.#cache,
      log: false,
      fetchWaitMs: 0,
      authorize: () => true,
      ...options,
      callbacks: { ...callbacks, onError: (error) => void this.#faults.push(error) },
    });
    for (const node of ["a", "b"]) this.#cache.setSnapshot(node, snapshotOf(node));
    this.#publish();
    [this.#healthy, this.#healthyStream] = this.open(SOTW);
    this.#healthyStream.push(frame(sotwRequest({ type: CLUSTER_TYPE, nodeId: HEALTHY })));
  }

  /** Opens a stream without a network. */
  open(path: string, { headers = new Headers(), timeout }: StreamInit = {}): [InProcessStream, ServedStream] {
    const client = new InProcessStream();
    const stream = acceptorOf(this.server)!(path)!({
      transport: client,
      timeout: timeout ?? null,
      headerSize: sizeOfHeaders(headers),
      client: { peer: "192.0.2.1:5", certificate: undefined, isLocal: false, method: path, headers },
    });
    client.start(stream);
    return [client, stream];
  }

  /** Publishes for the clients that inputs may be, too. */
  publishForInputs(): void {
    this.#published++;
    for (const node of ["a", "b"]) this.#cache.setSnapshot(node, snapshotOf(node, `${this.#published}`));
  }

  /** Nothing is left of inputs, no fault was reported, and the client beside them gets what is published. */
  async check(): Promise<void> {
    const fault = this.#faults[0];
    if (fault !== undefined) throw new Error("A fault of the server", { cause: fault });
    assert.equal(this.#healthy.status, undefined, "the other client's stream is open");
    this.#publish();
    await turns(3);
    const response = this.#healthy.responses.splice(0).at(-1);
    assert.ok(response !== undefined, "the other client gets what is published");
    const nonce = /[a-z0-9]+-\d+$/.exec(Buffer.from(response).toString("latin1"))?.[0];
    assert.ok(nonce !== undefined);
    this.#healthyStream.push(frame(sotwRequest({ type: CLUSTER_TYPE, nodeId: HEALTHY, nonce })));
    await turns(1);
    assert.equal(this.server.streams.length, 1, "all other streams have ended");
    assert.deepEqual({ ...this.server.status().unsent, stalledClosed: 0 }, { streams: 0, bytes: 0, stalledClosed: 0 });
    const watches = this.#cache.status().flatMap(({ types }) => types).reduce((sum, each) => sum + each.watches, 0);
    assert.equal(watches, 1, "watches have ended with their streams");
  }

  [Symbol.dispose](): void {
    this.server.close();
  }

  #publish(): void {
    const name = `cluster-${++this.#publishedForHealthy % 7}`;
    this.#cache.setSnapshot(HEALTHY, new Snapshot({ resources: [cluster({ name })] }));
  }
}

const HEALTHY = "healthy";

/** Lets timers and callbacks of this turn and the next ones run. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** One resource of each type, and more of some, which refer to each other. All have the node in their content. */
function snapshotOf(node: string, version = "0"): Snapshot {
  const others = v3.types.filter(({ typeUrl }) => typeUrl !== CLUSTER_TYPE && typeUrl !== ENDPOINT_TYPE);
  const resources: Resource[] = others.map(({ typeUrl }) => rawResource(typeUrl, "x", Uint8Array.of(10, 1, 120)));
  const serviceName = `of-${node}-${version}`;
  for (const name of ["x", "y"]) {
    resources.push(cluster({
      name,
      clusterDiscoveryType: { case: "type", value: 3 },
      edsClusterConfig: { serviceName, edsConfig: { configSourceSpecifier: { case: "ads", value: {} } } },
    }));
  }
  return new Snapshot({ resources: [...resources, endpoints({ clusterName: serviceName })] });
}
