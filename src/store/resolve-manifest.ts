import type { Blobs } from "./blobs.ts";
import { decodeManifest, decodeTable, type Manifest, type PageTable } from "./manifest.ts";

/** A part of a snapshot is missing: it was collected since a newer snapshot has replaced it, or the store has lost it. */
export class MissingBlob extends Error {
  /** Content that is missing. @param hash - of the content */
  constructor(hash: string) {
    super(`Cannot read a snapshot: the store has no content of hash ${hash}`);
    this.name = "MissingBlob";
  }
}

/** Content by its hash. @throws MissingBlob */
export async function readBlob(blobs: Blobs, hash: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await blobs.get(hash);
  if (bytes === undefined) throw new MissingBlob(hash);
  return bytes;
}

/** A manifest whose content may be written elsewhere. @throws MissingBlob */
export async function resolveManifest(blobs: Blobs, value: Uint8Array): Promise<Manifest> {
  const manifest = decodeManifest(value);
  return "blob" in manifest ? decodeManifest(await readBlob(blobs, manifest.blob)) as Manifest : manifest;
}

/** A list of pages that may be written elsewhere. @throws MissingBlob */
export async function resolveTable(blobs: Blobs, table: PageTable | string): Promise<PageTable> {
  return typeof table === "string" ? decodeTable(await readBlob(blobs, table)) : table;
}
