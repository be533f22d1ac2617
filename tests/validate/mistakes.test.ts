import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { certificates } from "../envoy/certificates.ts";
import { edge } from "./mistakes/base.ts";
import { resourcesOf } from "./mistakes/json.ts";
import { MISTAKES } from "./mistakes/mod.ts";
import { PAGE, summariesOn } from "./mistakes/page.ts";
import { summaryOf } from "./mistakes/summary.ts";

const made = await certificates(2);
const documented = summariesOn(readFileSync(PAGE, "utf8"));

describe("validate()", () => {
  it("finds nothing in the configuration that the mistakes are made in", () => {
    expect(summaryOf(resourcesOf(edge(made)))).toBe("–");
  });

  it("has a page with every mistake", () => {
    expect([...documented.keys()]).toEqual(MISTAKES.map(({ name }) => name));
  });

  it.each(MISTAKES)("says of the mistake in $name what its page says", ({ name, make }) => {
    const config = structuredClone(edge(made));
    make(config, made);
    expect(summaryOf(resourcesOf(config))).toBe(documented.get(name)?.ours);
  });
});
