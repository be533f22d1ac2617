import type { Resource } from "../resource/mod.ts";
import { base64url } from "./blobs.ts";
import { readRows, type Row, type StoredEntry, type WrittenEntry, writtenOf } from "./entries.ts";
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

/** The hashes of the pages of each type that has some, by type URL. */
export type PageTable = Readonly<Record<string, readonly string[]>>;

/** A manifest to be written. */
export interface ManifestInit extends Omit<Manifest, "types"> {
  readonly types: readonly TypeInit[] | undefined;
}

/** A type to be written. */
export interface TypeInit extends Omit<TypeManifest, "recent"> {
  readonly recent: ReadonlyMap<string, StoredEntry | undefined>;
  /** All of the type, by name. */
  readonly resources: ReadonlyMap<string, Resource>;
}

/** The key of a manifest. */
export async function manifestKey(key: string): Promise<string> {
  return MANIFESTS + base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key))));
}

/** A manifest as bytes. */
export function encodeManifest({ key, version, types, table }: ManifestInit): Uint8Array<ArrayBuffer> {
  const written = types?.map((type) => ({ ...type, ...writtenOf(type.recent, type.resources) }));
  const rows = written?.map(({ typeUrl, version, rows }) => [typeUrl, version ?? null, rows]);
  return frame({ format: FORMAT, key, version, types: rows, table }, written?.flatMap(({ contents }) => contents));
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
    return { typeUrl, version: version ?? undefined, recent: readRows(rows, next) };
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
