import { encodeAll, type Snapshot, type SnapshotSet } from "../cache/mod.ts";
import type { Resource } from "../resource/mod.ts";
import { hashOf } from "./blobs.ts";
import { entryOf, INLINE_BYTES, sizeOf, type StoredEntry } from "./entries.ts";
import { encodeManifest, encodeNone, encodeReference, encodeTable, type PageTable } from "./manifest.ts";
import { encodePage, pageCount, pageOf, pageWith, type StoredPage } from "./page.ts";
import type { StoredType } from "./read-type.ts";
import { nothingStored, type StoredSnapshot, type StoredTable } from "./stored-snapshot.ts";

/** What a publication writes. */
export interface Draft {
  /** What is stored then. */
  readonly stored: StoredSnapshot;
  /** The manifest, which is written last. */
  readonly value: Uint8Array;
  /** What the manifest refers to and its predecessor does not, in any order. */
  readonly contents: readonly Content[];
}

/** Content that is a value of its own. */
export interface Content {
  readonly hash: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * What has to be written so that a key has another snapshot, in O(what changes) where that was made by changing the one
 * before. Small changes are written into the manifest, which is one write; once these are many, into pages.
 *
 * @returns undefined if clients would see no difference
 * @throws TypeError for a resource that cannot be encoded
 */
export async function draftOf(
  before: StoredSnapshot,
  after: Snapshot | undefined,
  maxValueBytes: number,
): Promise<Draft | undefined> {
  const { key, snapshot } = before;
  if (after === undefined) {
    return snapshot && { stored: nothingStored(key), value: encodeNone(key), contents: [] };
  }
  const changes = new Map(after.types.map((typeUrl) => [typeUrl, changeOf(typeUrl, { before: snapshot, after })]));
  if (snapshot !== undefined && isSame(snapshot, after, changes.values())) return undefined;
  const contents = new Contents();
  let types = new Map<string, StoredType>();
  for (const [typeUrl, change] of changes) {
    types.set(typeUrl, await recentType(before.types.get(typeUrl), change, contents));
  }
  if (recentBytes(types) > Math.min(RECENT_BYTES, maxValueBytes / 2)) {
    const paged = new Map<string, StoredType>();
    for (const [typeUrl, type] of types) {
      paged.set(typeUrl, await pagedType(type, after.resources(typeUrl), contents));
    }
    types = paged;
  }
  const table = await tableOf(types, before, contents);
  const stored = { key, snapshot: after, types, table };
  const value = await contents.within(maxValueBytes, key, encode(stored, after));
  return { stored, value, contents: contents.all };
}

/** In bytes, of what is written into manifests: a flushed write of that costs little more than a smaller one. */
const RECENT_BYTES = 16 * 1024;
/** In bytes: a longer list of pages is content of its own, which most publications do not write anew. */
const TABLE_BYTES = 4 * 1024;

interface Change {
  readonly update: readonly Resource[];
  readonly remove: readonly string[];
}

const NO_CHANGE: Change = { update: [], remove: [] };

function changeOf(
  typeUrl: string,
  { before, after }: { readonly before: Snapshot | undefined; readonly after: Snapshot },
): Change {
  const set = after.set(typeUrl);
  const old = before?.set(typeUrl);
  if (old?.id === set.id) return NO_CHANGE;
  const { update, remove } = old === undefined ? allOf(set) : differenceOf(set, old);
  encodeAll(update);
  return {
    update: update.filter(({ name, version }) => old?.resources.get(name)?.version !== version),
    remove: remove.filter((name) => old!.resources.has(name)),
  };
}

function allOf({ resources }: SnapshotSet): Change {
  return { update: [...resources.values()], remove: [] };
}

function differenceOf({ resources, base }: SnapshotSet, old: SnapshotSet): Change {
  if (base?.id === old.id) return base;
  return {
    update: [...resources.values()],
    remove: [...old.resources.keys()].filter((name) => !resources.has(name)),
  };
}

/** Whether clients would see no difference. */
function isSame(before: Snapshot, after: Snapshot, changes: Iterable<Change>): boolean {
  for (const { update, remove } of changes) if (update.length + remove.length > 0) return false;
  const types = new Set(before.types);
  return after.types.length === types.size && after.set("").version === before.set("").version &&
    after.types.every((typeUrl) => types.has(typeUrl) && after.set(typeUrl).version === before.set(typeUrl).version);
}

/** A type whose changes are not on its pages. */
async function recentType(
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

function recentBytes(types: ReadonlyMap<string, StoredType>): number {
  let sum = 0;
  for (const { recent } of types.values()) for (const [name, entry] of recent) sum += sizeOf(name, entry);
  return sum;
}

/** A type whose changes are all on its pages. */
async function pagedType(
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

/** The list of all pages: that of before if none was written. */
async function tableOf(
  types: ReadonlyMap<string, StoredType>,
  before: StoredSnapshot,
  contents: Contents,
): Promise<StoredTable> {
  const paged = [...types].filter(([, { pages }]) => pages.length > 0);
  // A type that was removed is not on it either, or it would have its pages if it came back.
  const isListed = ([typeUrl, { pages }]: [string, StoredType]) => before.types.get(typeUrl)?.pages === pages;
  if (paged.length === Object.keys(before.table.pages).length && paged.every(isListed)) return before.table;
  const pages: PageTable = Object.fromEntries(
    paged.map(([typeUrl, { pages }]) => [typeUrl, pages.map(({ hash }) => hash)]),
  );
  const bytes = encodeTable(pages);
  return { pages, hash: bytes.length > TABLE_BYTES ? await contents.add(bytes) : undefined };
}

function encode({ key, types, table }: StoredSnapshot, after: Snapshot): Uint8Array<ArrayBuffer> {
  return encodeManifest({
    key,
    version: after.set("").version,
    types: Array.from(types, ([typeUrl, { recent }]) => {
      const { version, resources } = after.set(typeUrl);
      return { typeUrl, version, recent, resources };
    }),
    table: table.hash ?? table.pages,
  });
}

class Contents {
  readonly #all = new Map<string, Uint8Array<ArrayBuffer>>();

  get all(): Content[] {
    return Array.from(this.#all, ([hash, bytes]) => ({ hash, bytes }));
  }

  /** @returns the hash */
  async add(bytes: Uint8Array): Promise<string> {
    const own = bytes as Uint8Array<ArrayBuffer>;
    const hash = await hashOf(own);
    this.#all.set(hash, own);
    return hash;
  }

  /** A manifest that an engine can take: one that is too large is content of its own. */
  async within(maxValueBytes: number, key: string, value: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    return value.length <= maxValueBytes ? value : encodeReference(key, await this.add(value));
  }
}
