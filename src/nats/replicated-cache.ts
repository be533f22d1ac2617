import {
  ReplicatedCache as StoreCache,
  type ReplicatedCacheOptions as StoreCacheOptions,
  type SnapshotStore,
} from "../store/mod.ts";
import { directoryCopy } from "../node/store/mod.ts";

/** Options of {@link ReplicatedCache}. */
export interface ReplicatedCacheOptions extends StoreCacheOptions {
  /** A directory for a copy of what is served, to start from while NATS cannot be reached. Default: none. */
  readonly copyTo?: string;
}

/** The snapshots of a store, as a cache, with its copy in a directory. */
export class ReplicatedCache extends StoreCache {
  /** Follows a store at once. */
  constructor(store: SnapshotStore, { copyTo, ...options }: ReplicatedCacheOptions = {}) {
    super(store, { ...copyTo !== undefined && { copy: directoryCopy(copyTo) }, ...options });
  }
}
