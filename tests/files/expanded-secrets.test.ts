import { describe, expect, it } from "vitest";
import { problemText, readDocument, validatePlaced } from "../../src/files/mod.ts";

const CANARY = "CANARY";
const head = '"@type": type.googleapis.com/envoy.config.cluster.v3.Cluster\nname: a\n';

describe("What a variable has inserted", () => {
  it.each([
    ["an enum", `${head}type: \${X}\n`],
    ["a part of an enum", `${head}type: \${X}_DNS\n`],
    ["a duration", `${head}connect_timeout: \${X}\n`],
    ["a number", `${head}per_connection_buffer_limit_bytes: \${X}\n`],
    ["an object", `${head}common_lb_config: \${X}\n`],
    ["a type", '"@type": type.googleapis.com/${X}\n'],
    ["a type without a slash", '"@type": ${X}\n'],
    ["a document", "${X}\n"],
  ])("is not quoted by the problem of %s", (_, text) => {
    const { problems } = readDocument(text, { expand: (each) => each.replace("${X}", CANARY) });
    expect(problems.map(problemText).join()).not.toBe("");
    expect(problems.map(problemText).join()).not.toContain(CANARY);
  });

  it("is not shown as the value of a problem of validation, and any other is", () => {
    const text = `${head}connect_timeout: \${X}\nring_hash_lb_config: { minimum_ring_size: 99999999 }\n`;
    const { resources } = readDocument(text, { expand: (each) => each.replace("${X}", "-1s") });
    const problems = validatePlaced(resources).filter(({ severity }) => severity === "error");
    expect(problems.map(({ path, value }) => [path, value])).toEqual([
      ["connect_timeout", undefined],
      ["ring_hash_lb_config.minimum_ring_size", "99999999"],
    ]);
  });
});
