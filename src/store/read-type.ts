import { changedSet, type SnapshotSet } from "../cache/mod.ts";
import type { Resource } from "../resource/mod.ts";
import type { Blobs } from "./blobs.ts";
import { entryOfRow, resourceOf, type StoredEntry, type WrittenEntry } from "./entries.ts";
import { inParallel } from "./in-parallel.ts";
import type { TypeManifest } from "./manifest.ts";
import { decodePage, pageWith, type StoredPage } from "./page.ts";
import { readBlob } from "./resolve-manifest.ts";

/** The resources of a type as they are stored. */
export interface StoredType {
  readonly pages: readonly StoredPage[];
  /** What differs from the pages, by name; undefined was removed. */
  readonly recent: ReadonlyMap<string, StoredEntry | undefined>;
}

/** The resources of a type, and how they are stored. */
export interface ReadType {
  readonly set: SnapshotSet;
  /** Undefined if it was not read from a store. */
  readonly type: StoredType | undefined;
}

/** The entry of a name. */
export function entryIn({ pages, recent }: StoredType, name: string): StoredEntry | undefined {
  return recent.has(name) ? recent.get(name) : pageWith(pages, name)?.entries.get(name);
}

/** Reads the resources of a type: what has changed since `old` only. @throws MissingBlob */
export async function readType(
  blobs: Blobs,
  { manifest, pages }: { readonly manifest: TypeManifest; readonly pages: readonly string[] },
  old: ReadType,
): Promise<ReadType & { readonly type: StoredType }> {
  const { typeUrl, version } = manifest;
  const reader = new TypeReader(blobs, typeUrl);
  const read = await reader.pages(pages, old.type?.pages ?? []);
  const type = { pages: read, recent: reader.recent(manifest.recent) };
  const { resources } = old.set;
  const update: string[] = [];
  const remove: string[] = [];
  for (const name of namesThatMayDiffer(type, old)) {
    const entry = entryIn(type, name);
    const before = resources.get(name);
    if (entry === undefined) {
      if (before !== undefined) remove.push(name);
    } else if (before?.version !== entry.version) update.push(name);
  }
  if (update.length + remove.length === 0 && old.type !== undefined && old.set.version === version) {
    return { set: old.set, type };
  }
  const changed = changedSet(old.set, typeUrl, { version, update: await reader.resources(update, type), remove });
  return { set: { ...changed, version }, type };
}

function namesThatMayDiffer({ pages, recent }: StoredType, { set, type }: ReadType): Set<string> {
  const names = new Set(recent.keys());
  // A copy has a set, and does not say how it is stored.
  for (const name of type?.recent.keys() ?? set.resources.keys()) names.add(name);
  const before = new Set(type?.pages);
  const now = new Set(pages);
  for (const page of pages) if (!before.has(page)) { for (const name of page.entries.keys()) names.add(name); }
  for (const page of before) if (!now.has(page)) { for (const name of page.entries.keys()) names.add(name); }
  return names;
}

class TypeReader {
  readonly #blobs: Blobs;
  readonly #typeUrl: string;
  /** What was read, by name. */
  readonly #written = new Map<string, WrittenEntry>();

  constructor(blobs: Blobs, typeUrl: string) {
    this.#blobs = blobs;
    this.#typeUrl = typeUrl;
  }

  async pages(hashes: readonly string[], before: readonly StoredPage[]): Promise<readonly StoredPage[]> {
    const known = new Map(before.map((page) => [page.hash, page]));
    return await inParallel(hashes, async (hash) => known.get(hash) ?? await this.#page(hash));
  }

  recent(written: readonly WrittenEntry[]): ReadonlyMap<string, StoredEntry | undefined> {
    return new Map(written.map((each) => {
      const { row } = each;
      this.#written.set(row[0], each);
      return [row[0], entryOfRow(row)];
    }));
  }

  async resources(names: readonly string[], { pages, recent }: StoredType): Promise<Resource[]> {
    // Their page was read before, while they had other contents that were not on it.
    const missing = names.filter((name) => !this.#written.has(name) && !recent.has(name));
    await inParallel([...new Set(missing.map((name) => pageWith(pages, name)!.hash))], (hash) => this.#page(hash));
    return await inParallel(names, async (name) => {
      const { row, bytes } = this.#written.get(name)!;
      return resourceOf(this.#typeUrl, row, bytes ?? await readBlob(this.#blobs, row[2] as string));
    });
  }

  async #page(hash: string): Promise<StoredPage> {
    const entries = new Map<string, StoredEntry>();
    for (const each of decodePage(await readBlob(this.#blobs, hash))) {
      const [name] = each.row;
      entries.set(name, entryOfRow(each.row)!);
      // What is not on the page yet was read before.
      if (!this.#written.has(name)) this.#written.set(name, each);
    }
    return { hash, entries };
  }
}
