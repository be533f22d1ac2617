/**
 * The name that was likely meant: the nearest one, if few letters differ. Case, dots, dashes and underscores count
 * nothing, so that both spellings of a field, and names from other languages, are found. Without such a name, the only
 * one that begins with what is written.
 *
 * @param written - what the document has
 * @param names - what it may have
 */
export function likelyName(written: string, names: Iterable<string>): string | undefined {
  const from = bare(written);
  // A third of the letters, so that short names do not lead to any other short name.
  let best = Math.min(3, Math.floor(from.length / 3)) + 1;
  let found: string | undefined;
  for (const name of names) {
    const to = bare(name);
    if (Math.abs(to.length - from.length) >= best) continue;
    const distance = distanceOf(from, to, best);
    if (distance < best) [best, found] = [distance, name];
  }
  return found ?? (from.length < MIN_BEGIN ? undefined : onlyOne(names, from));
}

/** `did you mean "…"?`, as a hint of a problem. */
export function didYouMean(name: string | undefined): { hint?: string } {
  return name === undefined ? {} : { hint: `did you mean "${name}"?` };
}

function onlyOne(names: Iterable<string>, begin: string): string | undefined {
  const found = [...names].filter((name) => bare(name).startsWith(begin));
  return found.length === 1 ? found[0] : undefined;
}

/** Fewer letters say too little. */
const MIN_BEGIN = 4;

function bare(name: string): string {
  return name.slice(0, MAX_LENGTH).replaceAll(/[-_.\s]/g, "").toLowerCase();
}

/** Longer names are cut, since the time grows with the square of the length. */
const MAX_LENGTH = 120;

/** The letters to insert, remove, replace or swap with the next, up to a limit. */
function distanceOf(a: string, b: string, limit: number): number {
  let [before, row]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(next[j - 1]! + 1, row![j]! + 1, row![j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before![j - 2]! + 1);
      next.push(cost);
    }
    if (Math.min(...next) >= limit) return limit;
    [before, row] = [row!, next];
  }
  return row![b.length]!;
}
