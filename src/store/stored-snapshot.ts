import { changedSet, emptySet, Snapshot, snapshotOfSets, type SnapshotSet } from "../cache/mod.ts";
import { rawResource, type Resource } from "../resource/mod.ts";
import type { Blobs } from "./blobs.ts";
import { inParallel } from "./in-parallel.ts";
import { decodePage, type Manifest, type PageEntry, pageOf, type TypeManifest } from "./manifest.ts";

/** A snapshot that was read from a store, with what is needed to read the next one by its difference. */
export interface StoredSnapshot {
  readonly key: string;
  readonly snapshot: Snapshot | undefined;
  readonly types: ReadonlyMap<string, StoredType>;
}

/** The resources of a type as they are stored. */
export interface StoredType {
  readonly manifest: TypeManifest;
  readonly pages: readonly (readonly PageEntry[])[];
}

/** A part of a snapshot is missing: it was collected since a newer snapshot has replaced it, or the store has lost it. */
export class MissingBlob extends Error {
  /** Content that is missing. @param hash - of the content */
  constructor(hash: string) {
    super(`Cannot read a snapshot: the store has no content of hash ${hash}`);
    this.name = "MissingBlob";
  }
}

/** Reads what a manifest describes. What `before` has already is not read again. @throws MissingBlob */
export async function readSnapshot(blobs: Blobs, manifest: Manifest, before?: StoredSnapshot): Promise<StoredSnapshot> {
  const { key, version } = manifest;
  if (manifest.types === undefined) return { key, snapshot: undefined, types: new Map() };
  const types = new Map<string, StoredType>();
  const sets = new Map<string, SnapshotSet>();
  for (const type of manifest.types) {
    const old = before?.types.get(type.typeUrl);
    const oldSet = before?.snapshot?.set(type.typeUrl);
    const stored = { manifest: type, pages: await readPages(blobs, type, old) };
    types.set(type.typeUrl, stored);
    sets.set(type.typeUrl, await readSet(blobs, stored, { set: oldSet, type: old }));
  }
  return { key, snapshot: snapshotOfSets(sets, version), types };
}

function readPages(blobs: Blobs, type: TypeManifest, old: StoredType | undefined): Promise<readonly PageEntry[][]> {
  const known = new Map(old?.manifest.pages.map((hash, i) => [hash, old.pages[i]!] as const));
  return inParallel(type.pages, async (hash) => {
    const page = known.get(hash);
    return page !== undefined ? page as PageEntry[] : decodePage(await read(blobs, hash));
  });
}

async function readSet(
  blobs: Blobs,
  { manifest, pages }: StoredType,
  old: { readonly set: SnapshotSet | undefined; readonly type: StoredType | undefined },
): Promise<SnapshotSet> {
  const { typeUrl, version } = manifest;
  const before = old.set ?? emptySet();
  const changed = pages.filter((page, i) => old.type?.pages[i] !== page).flat();
  const isNew = ({ name, version }: PageEntry) => before.resources.get(name)?.version !== version;
  const update = await inParallel(changed.filter(isNew), (entry) => readResource(blobs, typeUrl, entry));
  const candidates = old.type?.pages.filter((page, i) => pages[i] !== page).flat().map(({ name }) => name);
  const remove = missingNames(candidates ?? [...before.resources.keys()], pages);
  if (update.length + remove.length === 0 && old.set !== undefined && old.set.version === version) return old.set;
  return { ...changedSet(before, typeUrl, { version, update, remove }), version };
}

/** Those of some names that are on no page. */
function missingNames(candidates: readonly string[], pages: readonly (readonly PageEntry[])[]): string[] {
  const present = new Map<number, Set<string>>();
  return candidates.filter((name) => {
    const i = pageOf(name, pages.length);
    let names = present.get(i);
    if (names === undefined) present.set(i, names = new Set(pages[i]!.map((entry) => entry.name)));
    return !names.has(name);
  });
}

async function readResource(blobs: Blobs, typeUrl: string, entry: PageEntry): Promise<Resource> {
  const { name, version, hash, ttlMs, aliases } = entry;
  const bytes = await read(blobs, hash);
  return rawResource(typeUrl, name, bytes, { version, aliases, ...ttlMs !== undefined && { ttlMs } });
}

async function read(blobs: Blobs, hash: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await blobs.get(hash);
  if (bytes === undefined) throw new MissingBlob(hash);
  return bytes;
}
