import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ClusterSchema } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { SecretSchema } from "../../gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.ts";
import { Snapshot } from "../../src/cache/mod.ts";
import { envoyTypes } from "../../src/files/mod.ts";
import { rawResource, resource } from "../../src/resource/mod.ts";
import { CLUSTER_TYPE, httpConnectionManager, listener } from "../../src/v3/mod.ts";

const a = { "@type": CLUSTER_TYPE, name: "a" };
const key = { inlineString: "hunter2" };
const secret = resource(SecretSchema, {
  name: "s",
  type: {
    case: "tlsCertificate",
    value: {
      privateKey: { specifier: { case: "inlineString", value: key.inlineString } },
      certificateChain: { specifier: { case: "filename", value: "/certs/a.pem" } },
    },
  },
});

describe("Resource.toJson()", () => {
  it("writes a resource of a message before its bytes were read, and after", () => {
    const made = resource(ClusterSchema, { name: "a" });
    expect(made.toJson()).toEqual(a);
    expect(made.bytes).toHaveLength(3);
    expect(made.toJson()).toEqual(a);
    expect(made.withName("b").toJson()).toEqual(a);
  });

  it("writes a resource of bytes with types that have its own", () => {
    const made = rawResource(CLUSTER_TYPE, "a", resource(ClusterSchema, { name: "a" }).bytes);
    expect(made.toJson(envoyTypes)).toEqual(a);
    expect(() => made.toJson()).toThrow(
      new TypeError(`Cannot write "a" as JSON: toJson needs types that have ${CLUSTER_TYPE}`),
    );
    expect(() => rawResource(CLUSTER_TYPE, "a", Uint8Array.of(255)).toJson(envoyTypes)).toThrow(
      new TypeError('Cannot write "a" as JSON: its bytes are not those of envoy.config.cluster.v3.Cluster'),
    );
  });

  it("writes secrets, since it is asked for all", () => {
    expect(JSON.stringify(secret.toJson())).toContain("hunter2");
  });
});

describe("console.log", () => {
  it("shows the fields of a resource, and no secret of it", () => {
    const text = inspect(secret);
    expect(text).toContain('"inline_string": "[redacted]"');
    expect(text).toContain('"filename": "/certs/a.pem"');
    expect(text).not.toContain("hunter2");
  });

  it("shows what is in an Any", () => {
    const made = listener({ name: "l", filterChains: [{ filters: [httpConnectionManager({ statPrefix: "seen" })] }] });
    expect(inspect(made)).toContain('"stat_prefix": "seen"');
  });

  it("shows a resource in a list on one line", () => {
    expect(inspect([secret])).toMatch(/^\[\s*Resource\(type.*Secret "s" \w+, \d+ bytes\)\s*\]$/);
  });

  it("shows a resource of bytes by type, name, version and size", () => {
    expect(inspect(rawResource(CLUSTER_TYPE, "a", Uint8Array.of(10, 1, 97)))).toMatch(
      /^Resource\(.*Cluster "a" \w+, 3 bytes\)$/,
    );
  });

  it("shows the first lines of a long resource", () => {
    const names = Array.from({ length: 200 }, (_, i) => [`k${i}`, { fields: {} }]);
    const made = resource(ClusterSchema, { name: "a", metadata: { filterMetadata: Object.fromEntries(names) } });
    expect(inspect(made)).toMatch(/… 507 more lines$/);
  });

  it("shows the names in a snapshot", () => {
    const resources = Array.from({ length: 12 }, (_, i) => resource(ClusterSchema, { name: `c${i}` }));
    expect(inspect(new Snapshot({ version: "1", resources: [...resources, secret] }))).toBe(
      `Snapshot "1" {
  ${CLUSTER_TYPE} (12): "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9" and 2 more
  ${secret.typeUrl} (1): "s"
}`,
    );
    expect(inspect(new Snapshot({ resources: [] }))).toBe("Snapshot {}");
  });
});
