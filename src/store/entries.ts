import { rawResource, type Resource } from "../resource/mod.ts";

/** How a resource is stored. Its content is that of the resource of the same version in the snapshot. */
export interface StoredEntry {
  readonly version: string;
  /** The hash of its content, which is a blob of its own; undefined if it is small, and written with the entry. */
  readonly hash: string | undefined;
  /** The bytes that it takes, roughly. */
  readonly size: number;
}

/** An entry as it is written: its content follows elsewhere, in so many bytes or under a hash; or it was removed. */
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

/** A row, and its content if that is written with it. */
export interface WrittenEntry {
  readonly row: Row;
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
}

/** The largest content that is written with its entry. */
export const INLINE_BYTES = 1024;

/** The entry of a resource whose content is written with it, or under a hash. */
export function entryOf({ name, version, bytes, ttlMs, aliases }: Resource, hash?: string): StoredEntry {
  return entryOfRow([name, version, hash ?? bytes.length, ttlMs ?? null, aliases])!;
}

/** The entry of a row; undefined if it was removed. */
export function entryOfRow([name, version, content, , aliases = []]: Row): StoredEntry | undefined {
  if (version === undefined) return undefined;
  const hash = typeof content === "string" ? content : undefined;
  const own = typeof content === "string" ? content.length : content!;
  return { version, hash, size: aliases.reduce((sum, each) => sum + each.length, name.length + own + ROW_BYTES) };
}

/** The bytes that an entry takes, roughly. */
export function sizeOf(name: string, entry: StoredEntry | undefined): number {
  return entry?.size ?? name.length + ROW_BYTES;
}

/** Entries as they are written. @param resources - those of the entries, by name */
export function writtenOf(
  entries: Iterable<readonly [name: string, entry: StoredEntry | undefined]>,
  resources: ReadonlyMap<string, Resource>,
): { readonly rows: Row[]; readonly contents: Uint8Array[] } {
  const rows: Row[] = [];
  const contents: Uint8Array[] = [];
  for (const [name, entry] of entries) {
    if (entry === undefined) {
      rows.push([name]);
      continue;
    }
    const { bytes, ttlMs, aliases } = resources.get(name)!;
    if (entry.hash === undefined) contents.push(bytes);
    const content = entry.hash ?? bytes.length;
    const hasMore = ttlMs !== undefined || aliases.length > 0;
    rows.push([name, entry.version, content, ...hasMore ? [ttlMs ?? null, aliases] as const : []] as Row);
  }
  return { rows, contents };
}

/** Rows with the contents that follow them. @param next - gives the next bytes */
export function readRows(rows: readonly Row[], next: (length: number) => Uint8Array<ArrayBuffer>): WrittenEntry[] {
  return rows.map((row) => ({ row, bytes: typeof row[2] === "number" ? next(row[2]) : undefined }));
}

/** The resource of a row that is not of a removed one. */
export function resourceOf(typeUrl: string, row: Row, bytes: Uint8Array): Resource {
  const [name, version = "", , ttlMs = null, aliases = []] = row;
  return rawResource(typeUrl, name, bytes, { version, aliases, ...ttlMs !== null && { ttlMs } });
}

/** Of a version, a length and what is between them. */
const ROW_BYTES = 40;
