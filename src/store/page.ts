import { contentsOf, type Row, rowOf, type StoredEntry } from "./entries.ts";
import { frame, unframe } from "./frame.ts";
import type { WrittenEntry } from "./manifest.ts";

/** Some of the resources of a type, written together: those whose names have a hash in common. */
export interface StoredPage {
  readonly hash: string;
  /** By name. */
  readonly entries: ReadonlyMap<string, StoredEntry>;
}

/** A page as bytes: equal for equal entries, in any order. */
export function encodePage(entries: ReadonlyMap<string, StoredEntry>): Uint8Array<ArrayBuffer> {
  const sorted = [...entries].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
  return frame(sorted.map(([name, entry]) => rowOf(name, entry)), contentsOf(sorted.map(([, entry]) => entry)));
}

/** What a page has. @throws if it is damaged */
export function decodePage(bytes: Uint8Array): WrittenEntry[] {
  const { header, next } = unframe(bytes);
  return (header as readonly Row[]).map((row) => {
    return { row, bytes: typeof row[2] === "number" ? next(row[2]) : undefined };
  });
}

/** The entry of a name on pages. */
export function entryOf(pages: readonly StoredPage[], name: string): StoredEntry | undefined {
  return pages.length === 0 ? undefined : pages[pageOf(name, pages.length)]!.entries.get(name);
}

/** How many pages so many resources have: a power of two; as many as before, unless that became too few or too many. */
export function pageCount(size: number, before: number): number {
  let count = Math.max(before, 1);
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

/** In entries: 10,000 resources have 256 or 512 pages, each of some 6 kB if they are small. */
const PAGE_SIZE = 32;
