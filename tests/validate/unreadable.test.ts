import { describe, expect, it } from "vitest";
import { rawResource } from "../../mod.ts";
import { validate } from "../../src/validate/mod.ts";
import { CLUSTER_TYPE, secret } from "../../src/v3/mod.ts";

describe("validate()", () => {
  it("reports bytes that are not of the type", () => {
    const problems = validate([rawResource(CLUSTER_TYPE, "a", Uint8Array.of(10, 200))]);
    expect(problems).toMatchObject([{ severity: "error", resource: "a", path: "", rule: "resource.unreadable" }]);
  });

  it("reports a message that cannot be encoded by its field, without the value", () => {
    const value = { privateKey: { specifier: { case: "inlineBytes", value: "a private key" } } };
    const problems = validate([secret({ name: "s", type: { case: "tlsCertificate", value } as never })]);
    expect(problems).toMatchObject([{ resource: "s", rule: "resource.unreadable" }]);
    expect(problems[0]!.message).toContain("DataSource.inline_bytes");
    expect(JSON.stringify(problems)).not.toContain("a private key");
  });

  it("finds nothing in resources of types of your own", () => {
    expect(validate([rawResource("type.googleapis.com/mine.Type", "a", Uint8Array.of(10, 200))])).toEqual([]);
  });
});
