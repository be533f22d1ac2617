import type { Resource } from "../resource/mod.ts";
import type { Change } from "./change.ts";
import type { Contents } from "./contents.ts";
import { entryOf, INLINE_BYTES, type StoredEntry } from "./entries.ts";
import { encodePage, pageCount, pageOf, pageWith, type StoredPage } from "./page.ts";
import type { StoredType } from "./read-type.ts";

/** A type whose changes are not on its pages. */
export async function recentType(
  old: StoredType = { pages: [], recent: new Map() },
  { update, remove }: Change,
  contents: Contents,
): Promise<StoredType> {
  if (update.length + remove.length === 0) return old;
  const { pages } = old;
  const recent = new Map(old.recent);
  for (const resource of update) {
    const { name, version, bytes } = resource;
    if (pageWith(pages, name)?.entries.get(name)?.version === version) recent.delete(name);
    else recent.set(name, entryOf(resource, bytes.length > INLINE_BYTES ? await contents.add(bytes) : undefined));
  }
  for (const name of remove) {
    if (pageWith(pages, name)?.entries.has(name)) recent.set(name, undefined);
    else recent.delete(name);
  }
  return { pages, recent };
}

/** A type whose changes are all on its pages. */
export async function pagedType(
  { pages, recent }: StoredType,
  resources: ReadonlyMap<string, Resource>,
  contents: Contents,
): Promise<StoredType> {
  if (recent.size === 0) return { pages, recent };
  const count = pageCount(resources.size, pages.length);
  const changed = new Map<number, Map<string, StoredEntry>>();
  const pageAt = (i: number): Map<string, StoredEntry> => {
    let page = changed.get(i);
    if (page === undefined) changed.set(i, page = new Map(pages.length === count ? pages[i]!.entries : []));
    return page;
  };
  if (count !== pages.length) {
    for (let i = 0; i < count; i++) pageAt(i);
    for (const { entries } of pages) for (const [name, entry] of entries) pageAt(pageOf(name, count)).set(name, entry);
  }
  for (const [name, entry] of recent) {
    const page = pageAt(pageOf(name, count));
    if (entry === undefined) page.delete(name);
    else page.set(name, entry);
  }
  const next: StoredPage[] = [...pages.slice(0, count)];
  for (const [i, entries] of changed) next[i] = { hash: await contents.add(encodePage(entries, resources)), entries };
  return { pages: next, recent: new Map() };
}
