import { get } from "node:http";
import { connect } from "node:http2";
import { vi } from "vitest";
import { cacheFrom, createDiscoveryServer, Snapshot, SnapshotCache } from "../../mod.ts";
import { listen, type ListenOptions } from "../../src/node/mod.ts";
import { cluster, CLUSTER_TYPE, ENDPOINT_TYPE } from "../../src/v3/mod.ts";
import { selfSigned } from "../server/self-signed.ts";
import { logged } from "./printed.ts";
import { EDS_CLUSTER } from "./rows-resources.ts";
import type { Mistake } from "./rows.ts";

function cacheOf(key: string, ...resources: readonly ReturnType<typeof cluster>[]): SnapshotCache {
  const cache = new SnapshotCache();
  cache.setSnapshot(key, new Snapshot({ version: "1", resources }));
  return cache;
}
const ALL = { [CLUSTER_TYPE]: ["*"] };
const GOOD = cacheOf("edge-1", cluster({ name: "a" }));

/** What a server logs by default. */
export const LOGGED: readonly Mistake[] = [
  {
    mistake: "an Envoy whose id has no snapshot",
    make: () => logged({ cache: cacheOf("edge1") }, ALL),
    printed: 'WAITING node "edge-1" has no snapshot; there are ones for "edge1"',
  },
  {
    mistake: "endpoints that are never published",
    make: () => logged({ cache: cacheOf("edge-1", EDS_CLUSTER) }, { ...ALL, [ENDPOINT_TYPE]: ["b"] }),
    printed:
      'MISSING ClusterLoadAssignment "b" does not exist, but Cluster "b" refers to it; node "edge-1" waits for it',
  },
  {
    mistake: "a source of `cacheFrom` that throws",
    make: () =>
      logged({
        // deno-lint-ignore require-yield
        cache: cacheFrom(async function* () {
          throw new Error("no such table");
        }),
      }, ALL),
    printed: 'FAULT the source of Cluster has thrown: no such table (node "edge-1")',
  },
  {
    mistake: "a callback that throws",
    make: () =>
      logged({
        cache: GOOD,
        callbacks: {
          onAck() {
            throw new Error("a bug in onAck");
          },
        },
      }, ALL),
    printed: "FAULT a bug in onAck",
  },
  {
    mistake: "an async callback that rejects",
    make: () =>
      logged({
        cache: GOOD,
        callbacks: { onAck: () => Promise.reject(new Error("a bug in onAck")) as unknown as void },
      }, ALL),
    printed: "FAULT a bug in onAck",
  },
  {
    mistake: "a resource that Envoy rejects",
    make: () => logged({ cache: GOOD }, ALL, { replies: { [CLUSTER_TYPE]: { nack: "'a': malformed address" } } }),
    printed: "NACK Cluster 1: 'a': malformed address",
  },
  {
    mistake: "an Envoy without `http2_protocol_options`",
    make: () => connecting({}, (port) => get(`http://127.0.0.1:${port}/`).on("error", () => {})),
    printed: "CONNECTION from 127.0.0.1:18000: it does not speak HTTP/2 in plaintext. If it speaks HTTP/1.1, as an " +
      "Envoy does by default, set http2_protocol_options in typed_extension_protocol_options of its xDS cluster; if it " +
      "speaks TLS, give listen() tls, or take the transport_socket from that cluster",
  },
  {
    mistake: "an Envoy in plaintext to a port with TLS",
    make: () =>
      connecting({ tls: selfSigned("a") }, (port) => connect(`http://127.0.0.1:${port}`).on("error", () => {})),
    printed: "CONNECTION from 127.0.0.1:18000: it speaks plaintext to a port with TLS. Give its xDS cluster a " +
      "transport_socket with an UpstreamTlsContext, or a gRPC client TLS credentials",
  },
];

async function connecting(options: ListenOptions, client: (port: number) => unknown): Promise<string> {
  const lines: string[] = [];
  const add = (_: object, line: string): void => void lines.push(line);
  const server = createDiscoveryServer({ cache: GOOD, log: { warn: add, error: add } });
  await using running = await listen(server, { ...options, port: 0 });
  client(running.port);
  await vi.waitFor(() => {
    if (lines.length === 0) throw new Error("Nothing is logged");
  }, { timeout: 10_000 });
  return lines[0]!;
}
