import { emptySet, type Snapshot, snapshotOfSets, type SnapshotSet } from "../cache/mod.ts";
import type { Blobs } from "./blobs.ts";
import type { Manifest, PageTable } from "./manifest.ts";
import { readType, type StoredType } from "./read-type.ts";
import { resolveTable } from "./resolve-manifest.ts";

/** A snapshot that was read from a store or written to it, with what is needed for the next one by its difference. */
export interface StoredSnapshot {
  readonly key: string;
  readonly snapshot: Snapshot | undefined;
  readonly types: ReadonlyMap<string, StoredType>;
  /** The pages of each type that has some. */
  readonly table: StoredTable;
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
    const read = await readType(blobs, { manifest: type, pages: table.pages[typeUrl] ?? [] }, old);
    types.set(typeUrl, read.type);
    sets.set(typeUrl, read.set);
  }
  return { key, snapshot: snapshotOfSets(sets, version), types, table };
}

const NO_PAGES: StoredTable = { pages: {}, hash: undefined };

async function readTable(
  blobs: Blobs,
  table: PageTable | string,
  before: StoredTable | undefined,
): Promise<StoredTable> {
  const hash = typeof table === "string" ? table : undefined;
  if (hash !== undefined && hash === before?.hash) return before;
  return { pages: await resolveTable(blobs, table), hash };
}
