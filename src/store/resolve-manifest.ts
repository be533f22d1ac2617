import type { Blobs } from "./blobs.ts";
import { decodeManifest, type Manifest } from "./manifest.ts";
import { MissingBlob } from "./stored-snapshot.ts";

/** A manifest whose content may be written elsewhere. @throws MissingBlob */
export async function resolveManifest(blobs: Blobs, manifest: ReturnType<typeof decodeManifest>): Promise<Manifest> {
  if (!("blob" in manifest)) return manifest;
  const bytes = await blobs.get(manifest.blob);
  if (bytes === undefined) throw new MissingBlob(manifest.blob);
  return decodeManifest(bytes) as Manifest;
}
