import { base64url } from "./blobs.ts";

/** The keys of manifests: one for each key of a snapshot, named by its hash, so that it may have any characters. */
export const MANIFESTS = "m/";

/** The keys of writers that are about to publish. */
export const WRITERS = "w/";

/** What a key has: a snapshot by its pages, or none. */
export interface Manifest {
  /** The key of the snapshot. */
  readonly key: string;
  /** Undefined if the key has no snapshot. */
  readonly types: readonly TypeManifest[] | undefined;
  /** The version of the types without resources, if the publisher gave one. */
  readonly version: string | undefined;
}

/** The resources of a type, in pages by a hash of the name, so that a change of one writes one page anew. */
export interface TypeManifest {
  readonly typeUrl: string;
  /** The version that the publisher gave; undefined for a hash of the content. */
  readonly version: string | undefined;
  /** The number of resources. */
  readonly size: number;
  /** The hashes of the pages: a power of two of them. */
  readonly pages: readonly string[];
}

/** A resource of a page: its content is a blob. */
export interface PageEntry {
  readonly name: string;
  readonly version: string;
  readonly hash: string;
  readonly ttlMs: number | undefined;
  readonly aliases: readonly string[];
}

/** The key of a manifest. */
export async function manifestKey(key: string): Promise<string> {
  return MANIFESTS + base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key))));
}

/** A manifest as bytes; it is written as a blob where it is larger than `maxBytes`. */
export function encodeManifest({ key, types, version }: Manifest): Uint8Array<ArrayBuffer> {
  return encode({ format: FORMAT, key, ...version !== undefined && { version }, ...types && { types } });
}

/** A manifest that is written elsewhere. */
export function encodeReference(key: string, blob: string): Uint8Array<ArrayBuffer> {
  return encode({ format: FORMAT, key, blob });
}

/** @throws if it was written by a later version of this package, or damaged */
export function decodeManifest(bytes: Uint8Array): Manifest | { readonly key: string; readonly blob: string } {
  const value = decode(bytes) as { format?: unknown } & Partial<Manifest> & { blob?: string };
  if (value.format !== FORMAT) {
    throw new Error(
      `Cannot read a manifest of format ${String(value.format)}: this version reads ${FORMAT}; upgrade it`,
    );
  }
  const { key = "", blob, types, version } = value;
  return blob !== undefined ? { key, blob } : { key, types, version };
}

/** A page as bytes: equal for equal entries, in any order. */
export function encodePage(entries: Iterable<PageEntry>): Uint8Array<ArrayBuffer> {
  const sorted = [...entries].sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  return encode(sorted.map(({ name, version, hash, ttlMs, aliases }) => {
    if (ttlMs === undefined && aliases.length === 0) return [name, version, hash];
    return [name, version, hash, ttlMs ?? null, aliases];
  }));
}

/** The entries of a page. */
export function decodePage(bytes: Uint8Array): PageEntry[] {
  type Row = [name: string, version: string, hash: string, ttlMs?: number | null, aliases?: string[]];
  return (decode(bytes) as Row[]).map(([name, version, hash, ttlMs, aliases = []]) => {
    return { name, version, hash, ttlMs: ttlMs ?? undefined, aliases };
  });
}

/** How many pages a type of that many resources has; as many as before, unless that became too few or too many. */
export function pageCount(size: number, before = 1): number {
  let count = before;
  while (size / count > 2 * PAGE_SIZE) count *= 2;
  while (count > 1 && size / count < PAGE_SIZE / 4) count /= 2;
  return count;
}

/** The page of a name: FNV-1a of its UTF-16 code units. */
export function pageOf(name: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  // The low bits of FNV alone depend on the low bits of the text alone.
  return ((hash ^ hash >>> 15) >>> 0) % count;
}

const FORMAT = 1;
/** In entries: a page of 64 has some 6 kB, and 10,000 resources have 79 to 157 pages. */
const PAGE_SIZE = 64;

function encode(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

function decode(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
}
