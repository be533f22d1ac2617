import type { Disagreement } from "./compare.ts";
import { type Difference, DIFFERENCES } from "./differences.ts";

/** Sorts disagreements by the known differences. */
export function explain(disagreements: readonly Disagreement[]): {
  readonly unexplained: readonly Disagreement[];
  /** Differences of which none was seen. */
  readonly stale: readonly Difference[];
} {
  const seen = new Set<Difference>();
  const unexplained = disagreements.filter(({ by, field }) => {
    const known = DIFFERENCES.find((each) => each.by === by && `${each.type}.${each.field}` === field);
    if (known) seen.add(known);
    return known === undefined;
  });
  return { unexplained, stale: DIFFERENCES.filter((each) => !seen.has(each)) };
}
