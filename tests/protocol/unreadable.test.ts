import { create, toBinary } from "@bufbuild/protobuf";
import { expect, it } from "vitest";
import { DeltaDiscoveryRequestSchema } from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import { LinearCache, rawResource } from "../../mod.ts";
import { DEFAULT_STREAM_LIMITS, DiscoveryStream, ResponseFactory } from "../../src/stream/mod.ts";
import { CLUSTER_TYPE, v3 } from "../../src/v3/mod.ts";

it("E4 a cluster whose bytes cannot be decoded is sent with the others, for the client to reject", () => {
  const cache = new LinearCache(CLUSTER_TYPE, {
    resources: ["a", "b"].map((name) => rawResource(CLUSTER_TYPE, name, Uint8Array.of(0x0a, 0xff))),
  });
  const stream = new DiscoveryStream({
    id: 1,
    variant: "delta",
    api: v3,
    typeUrl: undefined,
    cache,
    responses: new ResponseFactory({ identifier: "" }),
    callbacks: {},
    limits: DEFAULT_STREAM_LIMITS,
    holdBackMs: 1_000,
    wake() {},
  });
  const request = create(DeltaDiscoveryRequestSchema, { node: { id: "node" }, typeUrl: CLUSTER_TYPE });
  stream.receive(toBinary(DeltaDiscoveryRequestSchema, request));
  expect(stream.next(0)?.resources.map(({ name }) => name)).toEqual(["a", "b"]);
});
