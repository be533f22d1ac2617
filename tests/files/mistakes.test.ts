import { describe, expect, it } from "vitest";
import { DocumentError, problemText, readDocument, resourcesFromJson, resourcesFromYaml } from "../../src/files/mod.ts";
import { MISTAKES } from "./mistakes.ts";

describe("readDocument() says of", () => {
  it.each(MISTAKES)("$title: what is wrong and where", ({ text, says }) => {
    const { problems } = readDocument(text, { file: "x", format: text.startsWith("{") ? "json" : "yaml" });
    expect(problems.map(problemText)).toEqual([says]);
  });

  it("a document with many mistakes: all of them, in the order of the text", () => {
    const text = `
static_resources:
  clusters:
  - name: a
    connect_timeout: 5
    typ: EDS
  listeners:
  - name: l
    address: { socket_adress: {} }
`;
    expect(readDocument(text).problems.map(({ line, path }) => [line, path])).toEqual([
      [5, "static_resources.clusters[0].connect_timeout"],
      [6, "static_resources.clusters[0].typ"],
      [9, "static_resources.listeners[0].address.socket_adress"],
    ]);
  });
});

describe("resourcesFromJson() and resourcesFromYaml()", () => {
  const cluster = { "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", name: "a" };

  it("throw one error with a line for each problem", () => {
    const error = thrownBy(() => resourcesFromYaml(JSON.stringify({ ...cluster, typ: 1, lb: 2 }), { file: "a.yaml" }));
    expect(error.problems).toHaveLength(2);
    expect(error.message.split("\n")).toEqual(error.problems.map(problemText));
    expect(error.message).toMatch(/^a\.yaml:1:\d+ typ: /);
  });

  it("say the path alone for a value, which has no lines", () => {
    expect(thrownBy(() => resourcesFromJson([cluster, { ...cluster, typ: 1 }])).message).toMatch(
      /^\[1\]\.typ: Unknown/,
    );
  });

  it("say where in a text of JSON", () => {
    expect(thrownBy(() => resourcesFromJson(`\n${JSON.stringify({ ...cluster, typ: 1 })}`)).message).toMatch(
      /^2:\d+ typ: /,
    );
  });

  it.each([[undefined], [() => 1], [Symbol("a")], [new Date()], [new Map()]])("refuse what is no JSON: %s", (value) => {
    expect(thrownBy(() => resourcesFromJson({ ...cluster, metadata: [value].concat(value) })).message)
      .toMatch(/^metadata\[0\]: Expected a value of JSON/);
  });

  it("refuse a value that contains itself", () => {
    const value: Record<string, unknown> = { ...cluster };
    value.metadata = value;
    expect(thrownBy(() => resourcesFromJson(value)).message).toMatch(/nested more than 200 levels deep/);
  });
});

function thrownBy(read: () => unknown): DocumentError {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(DocumentError);
    return error as DocumentError;
  }
  throw new Error("It does not throw");
}
