import { base64url } from "./blobs.ts";
import { contentsOf, type Row, rowOf, type StoredEntry } from "./entries.ts";
import { frame, unframe } from "./frame.ts";

/** The keys of manifests: one for each key of a snapshot, named by its hash, so that it may have any characters. */
export const MANIFESTS = "m/";

/** The keys of writers that are about to publish. */
export const WRITERS = "w/";

/** What a key has: a snapshot, or none. */
export interface Manifest {
  /** The key of the snapshot. */
  readonly key: string;
  /** The version of the types without resources, if the publisher gave one. */
  readonly version: string | undefined;
  /** Undefined if the key has no snapshot. */
  readonly types: readonly TypeManifest[] | undefined;
  /** The pages of each type, or the hash of the content that lists them where they are many. */
  readonly table: PageTable | string;
}

/** The resources of a type: those of its pages, but for what has changed since these were written. */
export interface TypeManifest {
  readonly typeUrl: string;
  /** The version that the publisher gave; undefined for a hash of the content. */
  readonly version: string | undefined;
  readonly recent: readonly WrittenEntry[];
}

/** A row, and its content if that is written with it. */
export interface WrittenEntry {
  readonly row: Row;
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
}

/** The hashes of the pages of each type that has some, by type URL. */
export type PageTable = Readonly<Record<string, readonly string[]>>;

/** A manifest to be written. */
export interface ManifestInit extends Omit<Manifest, "types"> {
  readonly types:
    | readonly (Omit<TypeManifest, "recent"> & { readonly recent: ReadonlyMap<string, StoredEntry | undefined> })[]
    | undefined;
}

/** The key of a manifest. */
export async function manifestKey(key: string): Promise<string> {
  return MANIFESTS + base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key))));
}

/** A manifest as bytes. */
export function encodeManifest({ key, version, types, table }: ManifestInit): Uint8Array<ArrayBuffer> {
  const rows = types?.map(({ typeUrl, version, recent }) => [
    typeUrl,
    version ?? null,
    Array.from(recent, ([name, entry]) => rowOf(name, entry)),
  ]);
  const header = { format: FORMAT, key, version, types: rows, table };
  return frame(header, types?.flatMap(({ recent }) => contentsOf(recent.values())));
}

/** The manifest of a key that has no snapshot. */
export function encodeNone(key: string): Uint8Array<ArrayBuffer> {
  return encodeManifest({ key, version: undefined, types: undefined, table: {} });
}

/** A manifest that is written elsewhere. */
export function encodeReference(key: string, blob: string): Uint8Array<ArrayBuffer> {
  return frame({ format: FORMAT, key, blob });
}

/** @throws if it was written by another version of this package, or damaged */
export function decodeManifest(bytes: Uint8Array): Manifest | { readonly key: string; readonly blob: string } {
  const { header, next } = unframe(bytes);
  const { format, key, blob, version, types, table } = header as Header;
  if (format !== FORMAT) {
    throw new Error(`Cannot read a manifest of format ${String(format)}: this version reads ${FORMAT}; upgrade it`);
  }
  if (blob !== undefined) return { key, blob };
  const read = types?.map(([typeUrl, version, rows]) => {
    const recent = rows.map((row) => ({ row, bytes: typeof row[2] === "number" ? next(row[2]) : undefined }));
    return { typeUrl, version: version ?? undefined, recent };
  });
  return { key, version, types: read, table: table ?? {} };
}

/** A list of pages as content of its own. */
export function encodeTable(table: PageTable): Uint8Array<ArrayBuffer> {
  return frame(table);
}

/** The same, read. */
export function decodeTable(bytes: Uint8Array): PageTable {
  return unframe(bytes).header as PageTable;
}

const FORMAT = 2;

interface Header {
  readonly format: unknown;
  readonly key: string;
  readonly blob?: string;
  readonly version?: string;
  readonly types?: readonly (readonly [typeUrl: string, version: string | null, recent: readonly Row[]])[];
  readonly table?: PageTable | string;
}
