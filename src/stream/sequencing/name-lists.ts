// Sums of lists that many streams share: made once for all of them, and found again by the lists themselves.

/** Whether all of the names are in the list. */
export function includesAll(list: readonly string[], names: readonly string[]): boolean {
  if (names === list) return true;
  if (names.length > list.length) return false;
  const set = setOf(list);
  return names.every((name) => set.has(name));
}

/** Both lists together, without duplicates. */
export function union(list: readonly string[], names: readonly string[]): readonly string[] {
  let known = unions.get(list);
  if (known?.names !== names) unions.set(list, known = { names, all: [...new Set([...list, ...names])] });
  return known.all;
}

/** The names of a list. */
export function setOf(names: readonly string[]): ReadonlySet<string> {
  let set = sets.get(names);
  if (set === undefined) sets.set(names, set = new Set(names));
  return set;
}

const sets = new WeakMap<readonly string[], ReadonlySet<string>>();
const unions = new WeakMap<readonly string[], { readonly names: readonly string[]; readonly all: readonly string[] }>();
