import type { Snapshot } from "../cache/mod.ts";
import { changeOf, isSame } from "./change.ts";
import { type Content, Contents } from "./contents.ts";
import { sizeOf } from "./entries.ts";
import { encodeManifest, encodeNone, encodeTable, type PageTable } from "./manifest.ts";
import { pagedType, recentType } from "./next-type.ts";
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

function recentBytes(types: ReadonlyMap<string, StoredType>): number {
  let sum = 0;
  for (const { recent } of types.values()) for (const [name, entry] of recent) sum += sizeOf(name, entry);
  return sum;
}
