import { type DescMessage, type Registry, toJson } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { envoyTypes, readDocument, resourcesFromJson } from "../../src/files/mod.ts";
import { encode, type JsonValue, type Message, resource } from "../../src/resource/mod.ts";
import { knownType } from "../../src/v3/known-types.ts";
import { anyMessage, CONFIGURATION } from "./message-arbitrary.ts";

/** Large messages are not made smaller after a failure, which takes minutes and gigabytes; the seed makes them again. */
function check(holds: (g: fc.GeneratorValue) => void): void {
  fc.assert(fc.property(fc.gen(), holds), { endOnFailure: true });
}

/** Any message of any type of configuration. */
function draw(g: fc.GeneratorValue): { readonly desc: DescMessage; readonly message: Message } {
  const desc = knownType(g(() => fc.constantFrom(...CONFIGURATION)))!;
  return { desc, message: anyMessage(g, desc) };
}

/** The JSON of any message as that of a resource: it gets a name from around it. */
function wrapped(json: JsonValue): object {
  return { "@type": "type.googleapis.com/envoy.service.discovery.v3.Resource", name: "x", resource: json };
}

describe("a message of any type", () => {
  it("is the same after toJson() and resourcesFromJson()", () => {
    check((g) => {
      const { desc, message } = draw(g);
      const json = resource(desc, message, { name: "x" }).toJson(envoyTypes);
      expect(resourcesFromJson(wrapped(json))[0]!.bytes).toEqual(encode(desc, message));
    });
  });

  it("is the same as text of JSON and of YAML", () => {
    check((g) => {
      const { desc, message } = draw(g);
      const text = JSON.stringify(wrapped(resource(desc, message, { name: "x" }).toJson(envoyTypes)));
      for (const format of ["json", "yaml"] as const) {
        const { resources, problems } = readDocument(text, { format });
        expect(problems).toEqual([]);
        expect(resources[0]!.resource.bytes).toEqual(encode(desc, message));
      }
    });
  });

  it("is read from what protobuf-es writes, in lowerCamelCase", () => {
    check((g) => {
      const { desc, message } = draw(g);
      const registry = { ...envoyTypes, getExtension: () => undefined } as unknown as Registry;
      const json = {
        "@type": `type.googleapis.com/${desc.typeName}`,
        ...toJson(desc, message, { registry }) as object,
      };
      expect(resourcesFromJson(wrapped(json as JsonValue))[0]!.bytes).toEqual(encode(desc, message));
    });
  });

  it("is the same after toJson() without types, which has bytes where it does not know a type", () => {
    check((g) => {
      const { desc, message } = draw(g);
      const json = resource(desc, message, { name: "x" }).toJson();
      expect(resourcesFromJson(wrapped(json))[0]!.bytes).toEqual(encode(desc, message));
    });
  });
});
