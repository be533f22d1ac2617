import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AdmissionError, type AdmissionProblem, type Resource, Snapshot, SnapshotCache } from "../../mod.ts";
import { admitValid, validate } from "../../src/validate/mod.ts";
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

  it.each(MISTAKES)("says the same as admitValid() of a change that makes the mistake in $name", ({ make }) => {
    const config = structuredClone(edge(made));
    make(config, made);
    const before = new Snapshot({ resources: resourcesOf(edge(made)) });
    const after = changed(before, resourcesOf(config));
    let problems: readonly AdmissionProblem[] = [];
    const isValid = admitValid({ onWarnings: () => {} });
    const cache = new SnapshotCache({ admit: (change) => problems = isValid(change) });
    cache.setSnapshot("all", before);
    const isRefused = outcomeOf(() => cache.setSnapshot("all", after)) instanceof AdmissionError;
    const all = validate(after);
    expect(linesOf(problems)).toEqual(linesOf(all));
    expect(isRefused).toBe(all.some(({ severity }) => severity === "error"));
  });
});

/** A snapshot that has become another one, of which the resources that are the same are kept. */
function changed(before: Snapshot, resources: readonly Resource[]): Snapshot {
  const names = Map.groupBy(resources, ({ typeUrl }) => typeUrl);
  const update = resources.filter(({ typeUrl, name, version }) => before.get(typeUrl, name)?.version !== version);
  const remove = before.types.map((typeUrl) => {
    const kept = new Set(names.get(typeUrl)?.map(({ name }) => name));
    return [typeUrl, [...before.resources(typeUrl).keys()].filter((name) => !kept.has(name))] as const;
  });
  return before.with({ update, remove: Object.fromEntries(remove) });
}

/** What was wrong, without hints: those of a change say that it removes something. */
function linesOf(problems: readonly AdmissionProblem[]): string[] {
  return problems.map(({ severity, typeUrl, resource, path, rule, message, value }) => {
    return [severity, typeUrl, resource, path, rule, message, value].join(" ");
  }).sort();
}

function outcomeOf(run: () => void): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
