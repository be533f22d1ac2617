export { type Admission, AdmissionError, type AdmissionProblem, type Admit, type ResourceTable } from "./admit.ts";
export type { Cache, Node, Subscription, SubscriptionChange, View, Watch, Watcher, WatchRequest } from "./cache.ts";
export {
  type CacheEvent,
  cacheFrom,
  type CacheFromOptions,
  type CacheSource,
  type CacheSourceOptions,
} from "./cache-from.ts";
export { admitSnapshot } from "./admit-snapshot.ts";
export { checkedView } from "./checked-view.ts";
export { explainWatch } from "./explain-watch.ts";
export { encodeAll } from "./encode-all.ts";
export { followSnapshots } from "./follow-snapshots.ts";
export { LinearCache, type LinearCacheOptions } from "./linear-cache.ts";
export { LogChanges } from "./log-changes.ts";
export { type CacheSelector, MuxCache } from "./mux-cache.ts";
export { openWatch } from "./open-watch.ts";
export { type Backoff, backoffMs, pause } from "./pause.ts";
export { onRejection } from "./rejection.ts";
export { Snapshot, type SnapshotChange, type SnapshotInit, snapshotOfSets, type SnapshotSummary } from "./snapshot.ts";
export { type SnapshotContent, snapshotFrom } from "./snapshot-from.ts";
export { type NodeHash, SnapshotCache, type SnapshotCacheOptions, type SnapshotStatus } from "./snapshot-cache.ts";
export {
  type ConnectOptions,
  type FedResource,
  type FedType,
  type FeedMessage,
  SnapshotFeed,
} from "./snapshot-feed.ts";
export type { Problem } from "./snapshot-check.ts";
export { changedSet, emptySet, type SnapshotSet } from "./snapshot-set.ts";
export {
  type SnapshotEvent,
  type SnapshotEvents,
  snapshotsFrom,
  type SnapshotsFromOptions,
  type SnapshotSource,
  type SnapshotSourceFunction,
  type SnapshotSourceOptions,
  type SourceCache,
  type SourceStatus,
} from "./snapshots-from.ts";
export { sourceErrorsOf } from "./source-errors.ts";
export { AliasIndex, CollectionIndex } from "./view-index.ts";
export { WatchErrors } from "./watch-errors.ts";
