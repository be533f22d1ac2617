/**
 * One server as several threads or processes: snapshots are published once, and each replica follows.
 *
 * @module
 */
export {
  type ConnectOptions,
  type FedResource,
  type FedType,
  type FeedMessage,
  followSnapshots,
  SnapshotFeed,
} from "../cache/mod.ts";
