/**
 * An xDS control plane: caches of configuration, and a server that pushes it to Envoys and gRPC clients.
 *
 * Web standards only; see `ts-control-plane/node` for a listener, `ts-control-plane/v3` for makers of resources.
 *
 * @module
 */
export {
  collectionOf,
  type DescMessage,
  type DescService,
  formatXdstp,
  type Message,
  type MessageFinder,
  type MessageInitShape,
  normalName,
  parseXdstp,
  rawResource,
  Resource,
  resource,
  type ResourceKey,
  type ResourceOptions,
  type ResourceSource,
  type XdstpName,
} from "./src/resource/mod.ts";
export {
  type Cache,
  type CacheEvent,
  cacheFrom,
  type CacheFromOptions,
  type CacheSelector,
  type CacheSource,
  type CacheSourceOptions,
  type FedResource,
  type FedType,
  type FeedMessage,
  followSnapshots,
  LinearCache,
  type LinearCacheOptions,
  MuxCache,
  type Node,
  type NodeHash,
  type Problem,
  Snapshot,
  SnapshotCache,
  type SnapshotCacheOptions,
  type SnapshotChange,
  SnapshotFeed,
  type SnapshotInit,
  type SnapshotSet,
  type SnapshotStatus,
  type Subscription,
  type SubscriptionChange,
  type View,
  type Watch,
  type Watcher,
  type WatchRequest,
} from "./src/cache/mod.ts";
export type {
  AckInfo,
  DiscoveryRequest,
  NackInfo,
  OutgoingResponse,
  ProtocolError,
  ProtocolErrorCode,
  StreamCallbacks,
  StreamInfo,
  StreamLimits,
  SubscriptionStatus,
  Variant,
} from "./src/stream/mod.ts";
export {
  createDiscoveryServer,
  type DiscoveryCallbacks,
  type DiscoveryServer,
  type DiscoveryServerOptions,
  type DrainOptions,
  type FetchInfo,
  type FetchRequest,
  type FetchResponse,
  type ServerStatus,
  type StreamStatus,
  type Unsent,
} from "./src/server/mod.ts";
// Symbols below are for those who serve another version of the API.
export type { Aliasing, ApiTable, Reference, ResourceType, ServiceRow } from "./src/resource/mod.ts";
