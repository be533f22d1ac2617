// What streams make of the names in what they are sent: once for all of them that are sent the same, and found again by
// the list itself.
import type { View } from "../cache/mod.ts";
import { normalName, type Resource } from "../resource/mod.ts";

/** How resources of a type refer to those of another. */
export type NamesIn = (resource: Resource) => readonly string[];

/** What the resources refer to: once for all the streams that are sent the same. */
export function namesOf(news: readonly Resource[], namesIn: NamesIn): readonly string[] {
  let known = namesByNews.get(namesIn);
  if (known === undefined) namesByNews.set(namesIn, known = new WeakMap());
  let names = known.get(news);
  if (names === undefined) known.set(news, names = [...new Set(news.flatMap((each) => readable(each, namesIn)))]);
  return names;
}

/** What the names stand for now: once for all the streams that are sent the same. */
export function promisedBy(
  news: readonly Resource[],
  names: readonly string[],
  view: View,
): ReadonlyMap<string, Resource> {
  const known = promises.get(news);
  if (known?.view === view && known.revision === view.revision) return known.resources;
  const resources = new Map<string, Resource>();
  for (const name of names) {
    const resource = view.get(name);
    if (resource !== undefined) resources.set(name, resource);
  }
  promises.set(news, { view, revision: view.revision, resources });
  return resources;
}

/** Whether all of the names are among the others. */
export function includesAll(all: readonly string[], names: readonly string[]): boolean {
  if (names === all) return true;
  const set = setOf(all);
  return names.every((name) => set.has(name));
}

/** Both together: once for all the streams that wait for the same. */
export function union(awaited: readonly string[], names: readonly string[]): readonly string[] {
  let known = unions.get(awaited);
  if (known?.names !== names) unions.set(awaited, known = { names, all: [...new Set([...awaited, ...names])] });
  return known.all;
}

/** What cannot be read is sent as it is, for the client to reject. */
export function readable(resource: Resource, namesIn: NamesIn): readonly string[] {
  try {
    return namesIn(resource).map(normalName);
  } catch {
    return [];
  }
}

const namesByNews = new WeakMap<NamesIn, WeakMap<readonly Resource[], readonly string[]>>();
const promises = new WeakMap<readonly Resource[], Promised>();
const sets = new WeakMap<readonly string[], ReadonlySet<string>>();
const unions = new WeakMap<readonly string[], { readonly names: readonly string[]; readonly all: readonly string[] }>();

interface Promised {
  readonly view: View;
  readonly revision: number;
  readonly resources: ReadonlyMap<string, Resource>;
}

function setOf(names: readonly string[]): ReadonlySet<string> {
  let set = sets.get(names);
  if (set === undefined) sets.set(names, set = new Set(names));
  return set;
}
