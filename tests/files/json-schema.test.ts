import { Ajv } from "ajv";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { apiComments, jsonSchema, readDocument } from "../../src/files/mod.ts";

const CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
const validate = new Ajv({ strict: false, allowUnionTypes: true }).compile(jsonSchema());

/** Whether the schema takes all documents of a text, read as editors read YAML. */
function takes(text: string): boolean {
  return parseAllDocuments(text).every((document) => validate(document.toJS()));
}

/** Documents that are right. */
const RIGHT: readonly (readonly [string, string])[] = [
  ["a resource", `"@type": ${CLUSTER}\nname: a\nconnect_timeout: 0.25s\nlb_policy: RANDOM\n`],
  ["a resource in lowerCamelCase", `"@type": ${CLUSTER}\nname: a\nconnectTimeout: 0.25s\n`],
  ["a list", `- "@type": ${CLUSTER}\n  name: a\n- "@type": ${CLUSTER}\n  name: b\n`],
  ["documents", `"@type": ${CLUSTER}\nname: a\n---\n"@type": ${CLUSTER}\nname: b\n`],
  ["resources", `version_info: "1"\nresources:\n- "@type": ${CLUSTER}\n  name: a\n`],
  ["removals", `remove:\n- { "@type": ${CLUSTER}, name: a }\n`],
  ["a bootstrap", "node: { id: a }\nstatic_resources:\n  clusters:\n  - name: a\n    type: EDS\n"],
  [
    "an Any of a well-known type",
    `"@type": ${CLUSTER}
name: a
typed_extension_protocol_options:
  x: { "@type": type.googleapis.com/google.protobuf.Duration, value: 1s }
`,
  ],
  [
    "an extension in an extension",
    `"@type": type.googleapis.com/envoy.config.listener.v3.Listener
name: l
filter_chains:
- filters:
  - name: hcm
    typed_config:
      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
      stat_prefix: x
      http_filters:
      - name: router
        typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
`,
  ],
];

const HCM = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
const EXAMPLES = join(import.meta.dirname, "../../examples/files");

/** Words to replace in a document that is right, each of which makes it wrong. */
const WRONG: readonly (readonly [string, string, string])[] = [
  ["a resource", "connect_timeout", "conect_timeout"],
  ["a resource", "0.25s", "250ms"],
  ["a resource", "0.25s", "5"],
  ["a resource", "RANDOM", "RANDON"],
  ["a resource", "name: a", "name: 5"],
  ["a resource", "v3.Cluster", "v3.Clutser"],
  ["a resource in lowerCamelCase", "connectTimeout", "ConnectTimeout"],
  ["a list", "name: b", "nam: b"],
  ["documents", "name: b", "nam: b"],
  ["resources", "version_info", "version"],
  ["resources", "name: a", "nam: a"],
  ["removals", "name: a", "nam: a"],
  ["a bootstrap", "type: EDS", "typ: EDS"],
  ["a bootstrap", "static_resources", "static_resource"],
  ["an Any of a well-known type", "value: 1s", "value: 1"],
  ["an Any of a well-known type", "value: 1s", "valu: 1s"],
  ["an extension in an extension", "stat_prefix", "stats_prefix"],
  ["an extension in an extension", "router.v3", "routr.v3"],
];

/** A part of a schema. */
interface Definition {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Definition>>;
  readonly anyOf?: readonly Definition[];
  readonly enum?: readonly unknown[];
  readonly enumDescriptions?: readonly string[];
}

describe("jsonSchema()", () => {
  it.each(RIGHT)("takes %s, as readDocument() does", (_, text) => {
    expect([takes(text), validate.errors]).toEqual([true, null]);
    expect(readDocument(text).problems).toEqual([]);
  });

  it.each(WRONG)("refuses %s with %j replaced by %j, as readDocument() does", (title, from, to) => {
    const right = RIGHT.find(([each]) => each === title)![1];
    expect(right).toContain(from);
    const text = right.replace(from, to);
    expect(takes(text)).toBe(false);
    expect(readDocument(text).problems).not.toEqual([]);
  });

  it.each(readdirSync(EXAMPLES).filter((name) => name.endsWith(".yaml")))("takes the example %s", (name) => {
    expect([takes(readFileSync(join(EXAMPLES, name), "utf8")), validate.errors]).toEqual([true, null]);
  });

  it("takes a variable in place of a number, a boolean, a duration and a value of an enum", () => {
    const fields = [
      "per_connection_buffer_limit_bytes: ${A}",
      "respect_dns_ttl: ${A:-true}",
      "connect_timeout: ${A}",
      "type: ${A:-EDS}",
    ];
    expect([takes(`"@type": ${CLUSTER}\nname: a\n${fields.join("\n")}\n`), validate.errors]).toEqual([true, null]);
    expect(takes(`"@type": ${CLUSTER}\nname: a\ntype: $A\n`)).toBe(false);
  });

  describe("with comments", async () => {
    const comments = await apiComments();
    const { definitions } = jsonSchema({ comments }) as { definitions: Record<string, Definition> };

    it("has those of messages and fields as descriptions", () => {
      const cluster = definitions["envoy.config.cluster.v3.Cluster"]!;
      const { name, circuit_breakers: ofMessage } = cluster.properties!;
      expect(cluster).toMatchObject({ description: "Configuration for a single upstream cluster." });
      expect(name!.description).toMatch(/^Supplies the name of the cluster which must be unique across all clusters\./);
      expect(ofMessage).toEqual({
        description: "Optional circuit breaking for the cluster.",
        $ref: "#/definitions/envoy.config.cluster.v3.CircuitBreakers",
      });
    });

    it("has those of values, one for each", () => {
      const { enum: values, enumDescriptions = [] } = definitions[HCM]!.properties!["codec_type"]!.anyOf![0]!;
      expect(values).toEqual(["AUTO", 0, "HTTP1", 1, "HTTP2", 2, "HTTP3", 3]);
      expect(enumDescriptions).toHaveLength(8);
      expect(enumDescriptions[2]).toMatch(/^The connection manager will assume that the client is speaking HTTP\/1\.1/);
      expect(enumDescriptions[3]).toBe(enumDescriptions[2]);
    });

    it("takes and refuses the same", () => {
      const described = new Ajv({ strict: false, allowUnionTypes: true }).compile(jsonSchema({ comments }));
      for (const [title, text] of RIGHT) {
        expect(parseAllDocuments(text).every((document) => described(document.toJS())), title).toBe(true);
      }
      for (const [title, from, to] of WRONG) {
        const text = RIGHT.find(([each]) => each === title)![1].replace(from, to);
        expect(parseAllDocuments(text).every((document) => described(document.toJS())), `${title} ${to}`).toBe(false);
      }
    });

    it("has a comment on most fields, without marks of Envoy's documentation", () => {
      const fields = Object.values(definitions).flatMap(({ properties = {} }) =>
        Object.values<{ description?: string }>(properties)
      );
      const texts = fields.flatMap(({ description }) => description ?? []);
      expect(texts.length / fields.length).toBeGreaterThan(0.75);
      expect(texts.filter((text) => /:ref:`|\[#(?!\d)|``|@generated|\*\/|^\s|\s$/.test(text))).toEqual([]);
    });
  });
});
