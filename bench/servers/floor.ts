// The floor for a server on Node: it writes one prepared buffer to every stream, and ignores its input.
import { create, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { ClusterSchema } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import {
  DeltaDiscoveryResponseSchema,
  DiscoveryResponseSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import { changedIn, type ServerSetup, versionOf } from "../protocol.ts";
import { clusterInit } from "../resources.ts";
import { type BenchServer, serveLines } from "./serve-lines.ts";

let setup: ServerSetup;
let everything: Uint8Array;
let everythingIs = versionOf(0);
let latest = versionOf(0);
let change: Uint8Array;
const streams = new Set<ServerHttp2Stream>();

const server: BenchServer = {
  async start(given) {
    setup = given;
    const http = createServer({ settings: { maxConcurrentStreams: 1000 } });
    http.on("session", (session) => session.on("error", ignore));
    http.on("stream", (stream) => {
      stream.on("error", ignore);
      stream.respond({ "content-type": "application/grpc" });
      stream.once("data", () => {
        if (everythingIs !== latest) {
          everything = withVersion(everything, latest);
          everythingIs = latest;
        }
        stream.write(everything);
        streams.add(stream);
      });
      stream.resume();
      stream.once("close", () => streams.delete(stream));
    });
    await new Promise<void>((resolve) => http.listen({ port: 0, host: "127.0.0.1", backlog: 65_535 }, resolve));
    return { port: (http.address() as AddressInfo).port };
  },
  publish(world, round) {
    const version = versionOf(round);
    latest = version;
    if (round === 0) {
      everything = frameOf(changedIn(world, 0));
      change = setup.variant === "sotw" ? everything : frameOf(changedIn(world, 1));
    } else {
      change = withVersion(change, version);
      for (const stream of streams) stream.write(change);
    }
    return version;
  },
};

/** The version is the only thing that changes. */
function withVersion(frame: Uint8Array, version: string): Uint8Array {
  const copy = frame.slice();
  copy.set(new TextEncoder().encode(version), VERSION_AT);
  return copy;
}

/** The version is the first field of a response: after gRPC's prefix, a tag and a length. */
const VERSION_AT = 7;

function frameOf(indexes: readonly number[]): Uint8Array {
  const clusters = indexes.map((i) => anyPack(ClusterSchema, create(ClusterSchema, clusterInit(i, 0))));
  const common = { typeUrl: "type.googleapis.com/envoy.config.cluster.v3.Cluster", nonce: "1" };
  const version = versionOf(0);
  const message = setup.variant === "sotw"
    ? toBinary(
      DiscoveryResponseSchema,
      create(DiscoveryResponseSchema, { ...common, versionInfo: version, resources: clusters }),
    )
    : toBinary(
      DeltaDiscoveryResponseSchema,
      create(DeltaDiscoveryResponseSchema, {
        ...common,
        systemVersionInfo: version,
        resources: clusters.map((resource, i) => ({ name: `${i}`, version: "0123456789abcdef", resource })),
      }),
    );
  const frame = new Uint8Array(5 + message.length);
  new DataView(frame.buffer).setUint32(1, message.length);
  frame.set(message, 5);
  return frame;
}

function ignore(): void {}

await serveLines(server);
