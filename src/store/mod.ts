/**
 * Snapshots that several replicas serve: a store on a key-value engine, and a cache that follows it.
 *
 * @module
 */
export type { Collected, CollectOptions } from "./collect.ts";
export { type Engine, type EngineEvent, type EngineWatchOptions, type Entry, RevisionConflict } from "./engine.ts";
export { MemoryEngine, type MemoryEngineOptions } from "./memory-engine.ts";
export {
  type HeldSnapshot,
  type ReplicaStatus,
  ReplicatedCache,
  type ReplicatedCacheOptions,
} from "./replicated-cache.ts";
export { MissingBlob } from "./resolve-manifest.ts";
export type { SnapshotCopy } from "./snapshot-copy.ts";
export {
  type Published,
  type PublishOptions,
  SnapshotStore,
  type SnapshotStoreOptions,
  type StoredRevision,
} from "./snapshot-store.ts";
