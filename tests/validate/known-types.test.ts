import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { toBinary } from "@bufbuild/protobuf";
import { AnySchema, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { descriptorTable } from "../../scripts/descriptor-table.ts";
import { knownType, knownTypes } from "../../src/validate/known-types.ts";
import { FIELDS } from "../../src/validate/references/fields.ts";
import { allTypes } from "../differential/rules/all-types.ts";

const GEN = join(import.meta.dirname, "../../gen");

describe("gen/descriptors.ts", () => {
  it("is made of the generated modules beside it", () => {
    const paths = readdirSync(GEN, { recursive: true, encoding: "utf8" });
    expect(readFileSync(join(GEN, "descriptors.ts"), "utf8") === descriptorTable(GEN, paths)).toBe(true);
  });
});

describe("knownType()", () => {
  it("finds each generated type of configuration, with the descriptor of its module", async () => {
    const wanted = [...await allTypes()].filter(([name]) => !/^envoy\.(admin|data|service)\./.test(name));
    expect(wanted.length).toBeGreaterThan(1_300);
    for (const [name, { file }] of wanted) {
      const found = knownType(name);
      expect(found?.typeName, name).toBe(name);
      const [ours, theirs] = [found!.file, file].map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto));
      expect(Buffer.compare(ours!, theirs!), name).toBe(0);
    }
    const known = new Set([...knownTypes()].map(({ typeName }) => typeName));
    expect(wanted.map(([name]) => name).filter((name) => !known.has(name))).toEqual([]);
  });

  it("finds those of protobuf itself, and those of RTDS", () => {
    expect(knownType("google.protobuf.Any")).toBe(AnySchema);
    expect(knownType("envoy.service.runtime.v3.Runtime")?.typeName).toBe("envoy.service.runtime.v3.Runtime");
  });

  it.each(["", ".", "Cluster", "envoy.config.cluster.v3.Cluster.", "envoy.config.cluster.v3.Cluster.Missing"])(
    "finds nothing by %j",
    (name) => expect(knownType(name)).toBeUndefined(),
  );

  it("finds the fields that hold the names of other resources", () => {
    for (const [type, name] of FIELDS) expect(knownType(type)?.fields.map((each) => each.name)).toContain(name);
  });
});

describe("ts-control-plane/validate", () => {
  it("is loaded without waiting, so that it can be required", () => {
    // Node refuses to require a module with an `await` at its top level.
    const loaded = createRequire(import.meta.url)("../../src/validate/mod.ts") as { readonly validate?: unknown };
    expect(loaded.validate).toBeTypeOf("function");
  });
});
