// Snapshots from an HTTP server, which says by an ETag whether they have changed.
import { rawResource, Snapshot, snapshotsFrom, type SourceCache } from "../../mod.ts";

/** What the server has under its URL, as JSON. */
export interface Document {
  /** The resources of each key. */
  readonly snapshots: Readonly<Record<string, readonly DocumentResource[]>>;
}

/** A resource, whose content is protobuf in base64, so that it is never decoded on its way. */
export interface DocumentResource {
  readonly type: string;
  readonly name: string;
  readonly bytes: string;
}

/** How a cache asks the server. */
export interface HttpCacheOptions {
  /** How often, in milliseconds. Default: 5000. */
  readonly everyMs?: number;
  /** How long a response may take, in milliseconds. Default: 10000. */
  readonly timeoutMs?: number;
}

/** A cache of a URL: while it cannot be read, clients keep what they have, and `onError` of the server says why. */
export function httpCache(url: string, { everyMs = 5_000, timeoutMs = 10_000 }: HttpCacheOptions = {}): SourceCache {
  let etag: string | undefined;
  let keys: readonly string[] = [];
  return snapshotsFrom(async () => {
    const headers = etag === undefined ? {} : { "if-none-match": etag };
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) });
    if (response.status === 304) return [];
    if (!response.ok) throw new Error(`Cannot read ${url}: its server has responded with ${response.status}`);
    const { snapshots } = await response.json() as Document;
    // All of it is read before any of it is published.
    const found = Object.entries(snapshots).map(([key, resources]) => ({ key, snapshot: snapshotOf(resources) }));
    const missing = keys.filter((key) => !(key in snapshots)).map((key) => ({ key, clear: true as const }));
    etag = response.headers.get("etag") ?? undefined;
    keys = Object.keys(snapshots);
    return [...found, ...missing];
  }, { everyMs });
}

/** A resource whose bytes are the same has the same version, so that clients are sent what changed only. */
function snapshotOf(resources: readonly DocumentResource[]): Snapshot {
  return new Snapshot({
    resources: resources.map(({ type, name, bytes }) => {
      return rawResource(type, name, Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0)));
    }),
  });
}
