// Snapshots from an HTTP server, which says by an ETag whether they have changed.
import { snapshotsFrom, type SourceCache } from "../../mod.ts";
import { resourcesFromJson } from "../../src/files/mod.ts";

/** What the server has under its URL, as JSON. */
export interface Document {
  /** Of each key its resources, as Envoy's JSON has them: a list of objects with `@type`. */
  readonly snapshots: Readonly<Record<string, readonly unknown[]>>;
}

/** How a cache asks the server. */
export interface HttpCacheOptions {
  /** How often, in milliseconds. Default: 5000. */
  readonly everyMs?: number;
  /** How long a response may take, in milliseconds. Default: 10000. */
  readonly timeoutMs?: number;
}

/**
 * A cache of a URL. While it cannot be read, or has a mistake, clients keep what they have, and `onError` of the server
 * says why.
 */
export function httpCache(url: string, { everyMs = 5_000, timeoutMs = 10_000 }: HttpCacheOptions = {}): SourceCache {
  let etag: string | undefined;
  let keys: readonly string[] = [];
  return snapshotsFrom(async () => {
    const headers = etag === undefined ? {} : { "if-none-match": etag };
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) });
    if (response.status === 304) return [];
    if (!response.ok) throw new Error(`Cannot read ${url}: its server has responded with ${response.status}`);
    const { snapshots } = await response.json() as Document;
    // All of it is read before any of it is published. What is the same has the same version, and is not sent again.
    const found = Object.entries(snapshots).map(([key, list]) => ({ key, snapshot: resourcesFromJson(list) }));
    const missing = keys.filter((key) => !(key in snapshots)).map((key) => ({ key, clear: true as const }));
    etag = response.headers.get("etag") ?? undefined;
    keys = Object.keys(snapshots);
    return [...found, ...missing];
  }, { everyMs });
}
