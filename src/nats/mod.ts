/**
 * Replicas of a control plane that share their configuration by NATS JetStream.
 *
 * @module
 */
export { directoryCopy } from "../node/store/mod.ts";
export type { NatsCredentials } from "./credentials.ts";
export { MissingBucket } from "./nats-engine.ts";
export { NatsStore, type NatsStoreOptions, type NatsTls } from "./nats-store.ts";
export { ReplicatedCache, type ReplicatedCacheOptions } from "./replicated-cache.ts";
export {
  type Collected,
  type CollectOptions,
  type Engine,
  type EngineEvent,
  type EngineWatchOptions,
  type Entry,
  type HeldSnapshot,
  MissingBlob,
  type Published,
  type PublishOptions,
  type ReplicaStatus,
  type ReplicatedCacheOptions as StoreCacheOptions,
  RevisionConflict,
  type SnapshotCopy,
  SnapshotStore,
  type SnapshotStoreOptions,
  type StoredRevision,
} from "../store/mod.ts";
