import { changedSet, emptySet, type Snapshot, snapshotOfSets, type SnapshotSet } from "../cache/mod.ts";
import type { Resource } from "../resource/mod.ts";
import type { Blobs } from "./blobs.ts";
import { resourceOf, type StoredEntry } from "./entries.ts";
import { inParallel } from "./in-parallel.ts";
import type { Manifest, PageTable, TypeManifest, WrittenEntry } from "./manifest.ts";
import { decodePage, entryOf, type StoredPage } from "./page.ts";
import { readBlob, resolveTable } from "./resolve-manifest.ts";

/** A snapshot that was read from a store or written to it, with what is needed for the next one by its difference. */
export interface StoredSnapshot {
  readonly key: string;
  readonly snapshot: Snapshot | undefined;
  readonly types: ReadonlyMap<string, StoredType>;
  /** The pages of each type that has some. */
  readonly table: StoredTable;
}

/** The resources of a type as they are stored. */
export interface StoredType {
  readonly pages: readonly StoredPage[];
  /** What differs from the pages, by name; undefined was removed. */
  readonly recent: ReadonlyMap<string, StoredEntry | undefined>;
}

/** The list of all pages. */
export interface StoredTable {
  readonly pages: PageTable;
  /** The hash of the content that has the list, if that is content of its own. */
  readonly hash: string | undefined;
}

/** What is stored of a key without a snapshot. */
export function nothingStored(key: string): StoredSnapshot {
  return { key, snapshot: undefined, types: new Map(), table: NO_PAGES };
}

/** Reads what a manifest describes. What `before` has already is not read again. @throws MissingBlob */
export async function readSnapshot(blobs: Blobs, manifest: Manifest, before?: StoredSnapshot): Promise<StoredSnapshot> {
  const { key, version } = manifest;
  if (manifest.types === undefined) return nothingStored(key);
  const table = await readTable(blobs, manifest.table, before?.table);
  const types = new Map<string, StoredType>();
  const sets = new Map<string, SnapshotSet>();
  for (const type of manifest.types) {
    const { typeUrl } = type;
    const old = { set: before?.snapshot?.set(typeUrl) ?? emptySet(), type: before?.types.get(typeUrl) };
    const reading = { blobs, typeUrl, known: old.set.resources };
    const pages = await readPages(reading, table.pages[typeUrl] ?? [], old.type?.pages ?? []);
    const recent = new Map(await inParallel(type.recent, (each) => readEntry(reading, each)));
    types.set(typeUrl, { pages, recent });
    sets.set(typeUrl, nextSet(type, { pages, recent }, old));
  }
  return { key, snapshot: snapshotOfSets(sets, version), types, table };
}

const NO_PAGES: StoredTable = { pages: {}, hash: undefined };

interface Reading {
  readonly blobs: Blobs;
  readonly typeUrl: string;
  /** What was read before. */
  readonly known: ReadonlyMap<string, Resource>;
}

async function readTable(
  blobs: Blobs,
  table: PageTable | string,
  before: StoredTable | undefined,
): Promise<StoredTable> {
  const hash = typeof table === "string" ? table : undefined;
  if (hash !== undefined && hash === before?.hash) return before;
  return { pages: await resolveTable(blobs, table), hash };
}

async function readPages(
  reading: Reading,
  hashes: readonly string[],
  before: readonly StoredPage[],
): Promise<readonly StoredPage[]> {
  const known = new Map(before.map((page) => [page.hash, page]));
  return await inParallel(hashes, async (hash) => {
    const page = known.get(hash);
    if (page !== undefined) return page;
    const written = decodePage(await readBlob(reading.blobs, hash));
    const entries = await inParallel(written, (each) => readEntry(reading, each));
    return { hash, entries: new Map(entries as [string, StoredEntry][]) };
  });
}

async function readEntry(
  { blobs, typeUrl, known }: Reading,
  { row, bytes }: WrittenEntry,
): Promise<[name: string, entry: StoredEntry | undefined]> {
  if (row.length === 1) return [row[0], undefined];
  const [name, version, content] = row;
  const hash = typeof content === "string" ? content : undefined;
  const found = known.get(name);
  if (found?.version === version) return [name, { resource: found, hash }];
  const own = bytes ?? await readBlob(blobs, hash!);
  return [name, { resource: resourceOf(typeUrl, row, own), hash }];
}

interface Before {
  readonly set: SnapshotSet;
  readonly type: StoredType | undefined;
}

/** The set after `old.set`, by what may have changed only. */
function nextSet({ typeUrl, version }: TypeManifest, { pages, recent }: StoredType, old: Before): SnapshotSet {
  const { resources } = old.set;
  const update: Resource[] = [];
  const remove: string[] = [];
  for (const name of namesThatMayDiffer({ pages, recent }, old)) {
    const resource = (recent.has(name) ? recent.get(name) : entryOf(pages, name))?.resource;
    const before = resources.get(name);
    if (resource === undefined) {
      if (before !== undefined) remove.push(name);
    } else if (before?.version !== resource.version) update.push(resource);
  }
  if (update.length + remove.length === 0 && old.type !== undefined && old.set.version === version) return old.set;
  return { ...changedSet(old.set, typeUrl, { version, update, remove }), version };
}

function namesThatMayDiffer({ pages, recent }: StoredType, { set, type }: Before): Set<string> {
  const names = new Set(recent.keys());
  // A copy has a set, and does not say how it is stored.
  for (const name of type?.recent.keys() ?? set.resources.keys()) names.add(name);
  const before = new Set(type?.pages);
  const now = new Set(pages);
  for (const page of pages) if (!before.has(page)) { for (const name of page.entries.keys()) names.add(name); }
  for (const page of before) if (!now.has(page)) { for (const name of page.entries.keys()) names.add(name); }
  return names;
}
