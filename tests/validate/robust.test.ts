import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rawResource } from "../../mod.ts";
import { listener, routeConfiguration, secret } from "../../src/v3/mod.ts";
import { validate } from "../../src/validate/mod.ts";
import { certificates } from "../envoy/certificates.ts";
import { edge } from "./mistakes/base.ts";
import { resourcesOf } from "./mistakes/json.ts";

const base = resourcesOf(edge(await certificates(2)));
const inline = (value: string) => ({ specifier: { case: "inlineString", value } }) as const;

describe("validate()", () => {
  it("throws for no bytes whatever", () => {
    const change = fc.record({ at: fc.nat(), to: fc.nat(255), cut: fc.boolean() });
    fc.assert(
      fc.property(fc.constantFrom(...base), fc.array(change, { minLength: 1, maxLength: 4 }), (resource, changes) => {
        let bytes = Uint8Array.from(resource.bytes);
        for (const { at, to, cut } of changes) {
          if (cut) bytes = bytes.slice(0, at % (bytes.length + 1));
          else if (bytes.length > 0) bytes[at % bytes.length] = to;
        }
        const others = base.filter((each) => each !== resource);
        const problems = validate([...others, rawResource(resource.typeUrl, resource.name, bytes)]);
        expect(problems.every(({ message }) => message.length > 0)).toBe(true);
      }),
    );
  });

  it.each([
    ["PEM that begins and never ends", () => {
      const text = "-----BEGIN CERTIFICATE-----\n".repeat(40_000);
      return secret({
        name: "s",
        type: { case: "tlsCertificate", value: { certificateChain: inline(text), privateKey: inline(text) } },
      });
    }],
    [
      "a header of commands that never end",
      () =>
        routeConfiguration({
          name: "r",
          responseHeadersToAdd: [{ header: { key: "a", value: "%A(".repeat(100_000) } }],
        }),
    ],
    ["a filter chain with many ranges", () => {
      const ranges = Array.from({ length: 200_000 }, () => ({ addressPrefix: "10.0.0.0", prefixLen: 8 }));
      return listener({ name: "l", filterChains: [{ filterChainMatch: { sourcePrefixRanges: ranges } }] });
    }],
  ])("takes time in proportion to its size: %s", (_, make) => {
    const start = performance.now();
    expect(validate([make()]).length).toBeGreaterThan(0);
    // Quadratic, each would take a minute and more.
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
