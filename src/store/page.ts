import type { Resource } from "../resource/mod.ts";
import { readRows, type Row, type StoredEntry, type WrittenEntry, writtenOf } from "./entries.ts";
import { frame, unframe } from "./frame.ts";

/** Some of the resources of a type, written together: those whose names have a hash in common. */
export interface StoredPage {
  readonly hash: string;
  /** By name. */
  readonly entries: ReadonlyMap<string, StoredEntry>;
}

/** A page as bytes: equal for equal entries, in any order. */
export function encodePage(
  entries: ReadonlyMap<string, StoredEntry>,
  resources: ReadonlyMap<string, Resource>,
): Uint8Array<ArrayBuffer> {
  const { rows, contents } = writtenOf([...entries].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0), resources);
  return frame(rows, contents);
}

/** What a page has. @throws if it is damaged */
export function decodePage(bytes: Uint8Array): WrittenEntry[] {
  const { header, next } = unframe(bytes);
  return readRows(header as readonly Row[], next);
}

/** The page that a name is on, if it is on one. */
export function pageWith(pages: readonly StoredPage[], name: string): StoredPage | undefined {
  return pages.length === 0 ? undefined : pages[pageOf(name, pages.length)];
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
