import { BLOBS, Blobs, hashIn } from "./blobs.ts";
import { type Engine, RevisionConflict } from "./engine.ts";
import { inParallel } from "./in-parallel.ts";
import type { WrittenEntry } from "./entries.ts";
import { decodeManifest, encodeNone, manifestKey, MANIFESTS, WRITERS } from "./manifest.ts";
import { decodePage } from "./page.ts";
import { readBlob, resolveManifest, resolveTable } from "./resolve-manifest.ts";

/** Options of a collection. */
export interface CollectOptions {
  /**
   * A writer that has not ended after so many milliseconds is taken for dead. If it lives all the same, its publication is
   * refused as a conflict and begins again; nothing is lost. Default: 600000, ten minutes.
   */
  readonly maxWriteMs?: number;
  /** The time. Default: that of the machine. */
  readonly now?: () => number;
}

/** What a collection has done. */
export interface Collected {
  /** The values of content that were deleted. */
  readonly deleted: number;
  /** The values of content that are in use, or may be soon. */
  readonly kept: number;
}

/**
 * Deletes content that no manifest refers to.
 *
 * It never deletes what a writer is about to refer to, however slow that is. A writer declares itself before it writes
 * content; content whose revision is above that of such a declaration stays. What a writer does not write, since the
 * manifest that it has read refers to it, is referred to when the manifests are read, or the writer's own manifest is
 * refused. A writer that is taken for dead is fenced off first: its manifest gets another revision.
 */
export async function collect(
  engine: Engine,
  { maxWriteMs = 600_000, now = Date.now }: CollectOptions,
): Promise<Collected> {
  // In this order: content, writers, manifests.
  const content = await all(engine.list(BLOBS));
  const writers = await all(engine.list(WRITERS));
  let oldest = Infinity;
  for (const { key, revision } of writers) {
    if (!await isOver(engine, key, { before: now() - maxWriteMs })) oldest = Math.min(oldest, revision);
  }
  const inUse = await referredTo(engine);
  const unused = content.filter(({ key, revision }) => revision < oldest && !inUse.has(hashIn(key)));
  // A blob before its parts: one without all of them is never found.
  unused.sort((a, b) => a.key.length - b.key.length);
  let deleted = 0;
  await inParallel(unused, async ({ key, revision }) => {
    try {
      await engine.putIf(key, undefined, revision);
      deleted++;
    } catch (error) {
      // It was written again meanwhile.
      if (!(error instanceof RevisionConflict)) throw error;
    }
  });
  return { deleted, kept: content.length - deleted };
}

/** Whether a writer has ended, or is fenced off since it takes too long. */
async function isOver(engine: Engine, writer: string, { before }: { readonly before: number }): Promise<boolean> {
  const entry = await engine.get(writer);
  if (entry === undefined) return true;
  const { key, at } = JSON.parse(new TextDecoder().decode(entry.value)) as { key: string; at: string };
  if (Date.parse(at) > before) return false;
  await fence(engine, key);
  await engine.putIf(writer, undefined, entry.revision).catch(ignoreConflict);
  return true;
}

/** Gives a manifest a new revision, so that whoever has read the former one cannot write. */
async function fence(engine: Engine, key: string): Promise<void> {
  const manifest = await manifestKey(key);
  while (true) {
    const entry = await engine.get(manifest);
    const value = entry?.value ?? encodeNone(key);
    try {
      await engine.putIf(manifest, value, entry?.revision ?? 0);
      return;
    } catch (error) {
      ignoreConflict(error);
    }
  }
}

/** The hashes of all content that manifests refer to, pages and the manifests' own content included. */
async function referredTo(engine: Engine): Promise<ReadonlySet<string>> {
  const blobs = new Blobs(engine);
  const hashes = new Set<string>();
  for await (const { key } of engine.list(MANIFESTS)) {
    // A manifest that is replaced meanwhile may miss some of its content, and its successor is read then.
    for (let attempt = 0;; attempt++) {
      const entry = await engine.get(key);
      if (entry === undefined) break;
      try {
        await addAll(entry.value, { hashes, blobs });
        break;
      } catch (cause) {
        const isReplaced = (await engine.get(key))?.revision !== entry.revision;
        if (!isReplaced || attempt > 100) throw new Error("Cannot collect: a manifest cannot be read", { cause });
      }
    }
  }
  return hashes;
}

interface Reading {
  readonly hashes: Set<string>;
  readonly blobs: Blobs;
}

async function addAll(value: Uint8Array, { hashes, blobs }: Reading): Promise<void> {
  const reference = decodeManifest(value);
  if ("blob" in reference) hashes.add(reference.blob);
  const { types = [], table } = await resolveManifest(blobs, value);
  if (typeof table === "string") hashes.add(table);
  for (const { recent } of types) addContents(recent, hashes);
  const pages = Object.values(await resolveTable(blobs, table)).flat();
  await inParallel(pages, async (hash) => {
    hashes.add(hash);
    addContents(decodePage(await readBlob(blobs, hash)), hashes);
  });
}

function addContents(entries: readonly WrittenEntry[], hashes: Set<string>): void {
  for (const { row: [, , content] } of entries) if (typeof content === "string") hashes.add(content);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

function ignoreConflict(error: unknown): void {
  if (!(error instanceof RevisionConflict)) throw error;
}
