import { rawResource, type Resource } from "../resource/mod.ts";

/** A resource as it is stored. */
export interface StoredEntry {
  readonly resource: Resource;
  /** The hash of its content, which is a blob of its own; undefined if it is small, and written with the entry. */
  readonly hash: string | undefined;
}

/** An entry as it is written: its content follows elsewhere, in so many bytes or under a hash. */
export type Row =
  | readonly [name: string]
  | readonly [name: string, version: string, content: number | string]
  | readonly [
    name: string,
    version: string,
    content: number | string,
    ttlMs: number | null,
    aliases: readonly string[],
  ];

/** The largest content that is written with its entry. */
export const INLINE_BYTES = 1024;

/** The row of an entry; undefined stands for a resource that was removed. */
export function rowOf(name: string, entry: StoredEntry | undefined): Row {
  if (entry === undefined) return [name];
  const { version, bytes, ttlMs, aliases } = entry.resource;
  const content = entry.hash ?? bytes.length;
  if (ttlMs === undefined && aliases.length === 0) return [name, version, content];
  return [name, version, content, ttlMs ?? null, aliases];
}

/** The resource of a row that is not of a removed one. */
export function resourceOf(typeUrl: string, row: Row, bytes: Uint8Array): Resource {
  const [name, version = "", , ttlMs = null, aliases = []] = row;
  return rawResource(typeUrl, name, bytes, { version, aliases, ...ttlMs !== null && { ttlMs } });
}

/** The contents that are written with entries. */
export function contentsOf(entries: Iterable<StoredEntry | undefined>): Uint8Array[] {
  const contents: Uint8Array[] = [];
  for (const entry of entries) if (entry !== undefined && entry.hash === undefined) contents.push(entry.resource.bytes);
  return contents;
}

/** How many bytes an entry takes, roughly. */
export function sizeOf(name: string, entry: StoredEntry | undefined): number {
  if (entry === undefined) return name.length + ROW_BYTES;
  const { bytes, aliases } = entry.resource;
  const own = entry.hash === undefined ? bytes.length : entry.hash.length;
  return aliases.reduce((sum, each) => sum + each.length, name.length + own + ROW_BYTES);
}

/** Of a version, a length and what is between them. */
const ROW_BYTES = 40;
