import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { ClusterSchema } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { rawResource, resource } from "../../mod.ts";
import { validate } from "../../src/validate/mod.ts";
import { CLUSTER_TYPE } from "../../src/v3/mod.ts";

const message = create(ClusterSchema, {
  name: "a",
  connectTimeout: {},
  clusterDiscoveryType: { case: "type", value: 0 },
});

describe("Resource.source", () => {
  it("is the message until the bytes have been read", () => {
    const made = resource(ClusterSchema, message);
    expect(made.source).toEqual({ schema: ClusterSchema, message });
    expect(made.source!.message).toBe(message);
    expect(made.bytes).toEqual(toBinary(ClusterSchema, message));
    expect(made.source).toBeUndefined();
    expect(made.withName("b").source).toBeUndefined();
  });

  it("is undefined for a resource that was made of bytes", () => {
    expect(rawResource(CLUSTER_TYPE, "a", toBinary(ClusterSchema, message)).source).toBeUndefined();
  });

  it("is validated like the bytes of it", () => {
    const [made, raw] = [
      resource(ClusterSchema, message),
      rawResource(CLUSTER_TYPE, "a", toBinary(ClusterSchema, message)),
    ];
    expect(validate([made]).map(({ rule }) => rule)).toContain("duration.gt");
    expect(validate([raw])).toEqual(validate([resource(ClusterSchema, message)]));
  });

  it("is not validated if it cannot be encoded", () => {
    const wrong = { ...message, perConnectionBufferLimitBytes: "a lot" as unknown as number };
    const made = resource(ClusterSchema, wrong);
    expect(validate([made]).map(({ rule }) => rule)).toEqual(["resource.unreadable"]);
  });
});
