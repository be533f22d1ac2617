import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { Cluster_DiscoveryType, ClusterSchema } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { LinearCache, rawResource, type Resource, resource } from "../../mod.ts";
import { CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { validate } from "../../src/validate/mod.ts";

const fields = () => ({
  name: "a",
  connectTimeout: { seconds: 1n, nanos: 0 },
  metadata: { filterMetadata: { key: { text: "before" } } },
  clusterDiscoveryType: { case: "type" as const, value: Cluster_DiscoveryType.STATIC },
});

describe("resource", () => {
  it("reads its fields when it is made, and later changes of them have no effect", () => {
    const init = fields();
    const made = resource(ClusterSchema, init);
    init.name = "b";
    init.connectTimeout.seconds = 2n;
    init.metadata.filterMetadata.key.text = "after";
    expect(contentOf(made)).toEqual(contentOf(resource(ClusterSchema, fields())));
  });

  it("reads a message when it is made, too", () => {
    const message = create(ClusterSchema, fields());
    const made = resource(ClusterSchema, message);
    message.connectTimeout!.seconds = 2n;
    message.name = "b";
    expect(contentOf(made)).toEqual(contentOf(resource(ClusterSchema, fields())));
  });

  it("does not change what it is made of", () => {
    const init = fields();
    void resource(ClusterSchema, init);
    expect(init).toEqual(fields());
  });

  it("has its error for those that publish it, also if the fields are corrected later", () => {
    const init = { ...fields(), perConnectionBufferLimitBytes: "a lot" as unknown as number };
    const made = resource(ClusterSchema, init);
    init.perConnectionBufferLimitBytes = 1;
    const message = `Cannot encode "a" of type ${CLUSTER_TYPE}: ` +
      "google.protobuf.UInt32Value.value has a value of another type";
    for (const read of ["bytes", "version", "anyRecord", "deltaRecord", "wrappedRecord"] as const) {
      expect(() => made[read]).toThrow(new TypeError(message));
    }
    expect(() => new LinearCache(CLUSTER_TYPE, { resources: [made] })).toThrow(new TypeError(message));
    expect(String(made)).toContain("cannot be encoded");
  });

  it("encodes what the getter of a field makes meanwhile", () => {
    const init = {
      ...fields(),
      get altStatName(): string {
        return resource(ClusterSchema, { name: "inner" }).name;
      },
    };
    expect(resource(ClusterSchema, init).bytes).toEqual(
      resource(ClusterSchema, { ...fields(), altStatName: "inner" }).bytes,
    );
  });

  it("is validated like the bytes of it", () => {
    const message = create(ClusterSchema, { ...fields(), connectTimeout: { seconds: 0n } });
    const [made, raw] = [
      resource(ClusterSchema, message),
      rawResource(CLUSTER_TYPE, "a", toBinary(ClusterSchema, message)),
    ];
    expect(validate([made]).map(({ rule }) => rule)).toContain("duration.gt");
    expect(validate([raw])).toEqual(validate([resource(ClusterSchema, message)]));
  });

  it("is not validated if it cannot be encoded", () => {
    const wrong = { ...fields(), perConnectionBufferLimitBytes: "a lot" as unknown as number };
    expect(validate([resource(ClusterSchema, wrong)]).map(({ rule }) => rule)).toEqual(["resource.unreadable"]);
  });
});

function contentOf({ name, version, bytes, anyRecord, deltaRecord, wrappedRecord }: Resource): object {
  return { name, version, bytes, anyRecord, deltaRecord, wrappedRecord };
}
