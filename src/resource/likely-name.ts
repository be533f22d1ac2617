/**
 * The name that is most likely meant by one that does not exist: the nearest of those that do, if it differs by no more
 * than a third of its length.
 *
 * @param name - the name that does not exist
 * @param names - those that do; at most {@link MAX_NAMES} of them are compared
 */
export function likelyName(name: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.floor((Math.min(name.length, MAX_LENGTH) + 1) / 3) + 1;
  let compared = 0;
  for (const each of names) {
    if (compared++ >= MAX_NAMES) break;
    if (each.length > MAX_LENGTH || Math.abs(each.length - name.length) >= least) continue;
    const distance = editDistance(name, each, least);
    if (distance < least) {
      best = each;
      least = distance;
    }
  }
  return best;
}

/** How many names are compared, so that a hint costs a millisecond at most. */
export const MAX_NAMES = 2_000;
const MAX_LENGTH = 100;

/** Insertions, deletions, replacements and swaps of neighbours; `limit` for any number from there on. */
function editDistance(a: string, b: string, limit: number): number {
  let twoAbove: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(row[j - 1]! + 1, above[j]! + 1, above[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, twoAbove[j - 2]! + 1);
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least >= limit) return limit;
    twoAbove = above;
    above = row;
  }
  return Math.min(above[b.length]!, limit);
}
