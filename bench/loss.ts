/** The times of two builds for the same work, one right after the other. */
export type Pair = readonly [before: number, now: number];

/** A ratio above this is a loss, and no noise, if nearly all rounds show it. */
export const LIMIT = 1.5;
const NEARLY_ALL = 0.75;

/** Whether the second of each pair is slower, in nearly all of them. */
export function isLoss(pairs: readonly Pair[]): boolean {
  const slower = pairs.filter(([before, now]) => now / before >= LIMIT);
  return pairs.length > 0 && slower.length >= pairs.length * NEARLY_ALL;
}
