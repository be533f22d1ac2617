import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { beforeEach, describe, expect, it } from "vitest";
import { DeltaDiscoveryRequestSchema } from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import { type Cache, LinearCache } from "../../mod.ts";
import {
  DEFAULT_STREAM_LIMITS,
  DiscoveryStream,
  type DiscoveryStreamOptions,
  HeldBytes,
  type NackInfo,
  ResponseFactory,
} from "../../src/stream/mod.ts";
import { CLUSTER_TYPE, v3 } from "../../src/v3/mod.ts";

/** What one client may send, within all limits, to make the server slow or large. */
describe("one client", () => {
  let cache: Cache;
  let held: HeldBytes;

  beforeEach(() => {
    cache = { watch: () => ({ subscriptionChanged() {}, close() {} }) };
    held = new HeldBytes(1_000_000);
  });

  it("does not stop the server by requesting the wildcard as often as it holds versions", () => {
    const stream = open({ held: undefined });
    const initialResourceVersions = Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`${i}`, "1"]));
    stream.receive(delta({ initialResourceVersions }, true));
    // Quadratic, it takes most of a minute; the test has five seconds.
    stream.receive(delta({ resourceNamesSubscribe: new Array<string>(40_000).fill("*") }));
    expect(stream.status(0)).toMatchObject([{ wildcard: true }]);
  });

  it("does not make an object of each unknown field of its node", () => {
    const node = new BinaryWriter().tag(1, WireType.LengthDelimited).string("id");
    for (let i = 0; i < 1_000; i++) node.tag(1_000 + i, WireType.Varint).uint32(1);
    const request = toBinary(
      DeltaDiscoveryRequestSchema,
      create(DeltaDiscoveryRequestSchema, { typeUrl: CLUSTER_TYPE }),
    );
    const bytes = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(node.finish()).raw(request).finish();
    const stream = open();
    stream.receive(bytes);
    expect(stream.info.node).toMatchObject({ id: "id" });
    expect(stream.info.node!.$unknown ?? []).toEqual([]);
  });

  it("is refused for a node that cannot be decoded, as its own fault", () => {
    const bytes = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(Uint8Array.of(255)).finish();
    expect(() => open().receive(bytes)).toThrow(expect.objectContaining({ code: "invalid_argument" }));
  });

  it("keeps no more of the reason of a NACK than is reported", () => {
    const nacks: NackInfo[] = [];
    cache = new LinearCache(CLUSTER_TYPE);
    const stream = open({ callbacks: { onNack: (_, nack) => void nacks.push(nack) } });
    stream.receive(delta({}, true));
    const nonce = stream.next(0)!.nonce;
    const message = "ä€x".repeat(400_000);
    stream.receive(delta({ responseNonce: nonce, errorDetail: { code: 3, message } }));
    expect(nacks[0]!.message).toBe(message.slice(0, 4_096));
  });

  it("shares a limit of memory with all others, and gives back what it held", () => {
    const names = (from: number) => Array.from({ length: 1_500 }, (_, i) => `${from + i}`);
    const [first, second] = [open(), open()];
    first.receive(delta({ resourceNamesSubscribe: names(0) }, true));
    const used = held.used;
    expect(() => second.receive(delta({ resourceNamesSubscribe: names(0) }, true))).toThrow(
      expect.objectContaining({ code: "resource_exhausted", message: expect.stringContaining("1000000 bytes") }),
    );
    second.close();
    expect(held.used).toBe(used);
    first.receive(delta({ resourceNamesUnsubscribe: names(0) }));
    expect(held.used).toBeLessThan(used / 10);
    first.close();
    expect(held.used).toBe(0);
  });

  function open(options: Partial<DiscoveryStreamOptions> = {}): DiscoveryStream {
    return new DiscoveryStream({
      id: 1,
      variant: "delta",
      api: v3,
      typeUrl: undefined,
      cache,
      responses: new ResponseFactory({ identifier: "" }),
      callbacks: {},
      limits: DEFAULT_STREAM_LIMITS,
      held,
      holdBackMs: 15_000,
      wake() {},
      ...options,
    });
  }
});

function delta(request: Parameters<typeof create<typeof DeltaDiscoveryRequestSchema>>[1] & object, isFirst = false) {
  const message = { ...request, typeUrl: CLUSTER_TYPE, ...isFirst && { node: { id: "node" } } };
  return toBinary(DeltaDiscoveryRequestSchema, create(DeltaDiscoveryRequestSchema, message as typeof request));
}
