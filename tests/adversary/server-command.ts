import type { DiscoveryServerOptions } from "../../mod.ts";
import type { ListenOptions } from "../../src/node/mod.ts";

/** How the server under attack is made. Rows with the same one share a process. */
export interface ServerSpec {
  /** What can be sent as JSON. */
  readonly options?: Partial<Omit<DiscoveryServerOptions, "cache" | "callbacks" | "api">>;
  readonly listen?: Partial<ListenOptions>;
  /** Beside those that every server has: see {@link SnapshotSpec}. */
  readonly snapshots?: readonly SnapshotSpec[];
  readonly callbacks?: Misbehaviour;
  /** The identity of a client decides: a certificate with the common name of the node's id. Default: false. */
  readonly bindNode?: boolean;
  /** All snapshots come from a {@link BackendState backend} that is polled. Default: they are set. */
  readonly backend?: boolean;
  /** What the healthy client connects with, where the server has TLS. */
  readonly healthyTls?: { readonly ca: string; readonly cert: string; readonly key: string };
  /** The limit of the heap, in MB. Default: that of the runtime. */
  readonly heapMb?: number;
}

/** What callbacks do. */
export type Misbehaviour = "throw" | "reject" | "hang" | "throw a proxy" | "publish" | "clear";

/** What a backend does when it is polled: what it should, an error, something else than snapshots, or nothing. */
export type BackendState = "up" | "down" | "garbage" | "hanging";

/** A snapshot for all nodes whose id begins with a key, up to a hyphen. */
export interface SnapshotSpec {
  readonly key: string;
  /** Default: 1. */
  readonly revision?: number;
  /** Default: 10. */
  readonly clusters?: number;
  /** The size of each, in bytes. Default: 50. */
  readonly clusterBytes?: number;
  /** How many `ClusterLoadAssignment`s, named `e0`, `e1` and so on. Default: 10. */
  readonly assignments?: number;
  /** Endpoints of each. Default: 1. */
  readonly endpoints?: number;
  /** A secret `s`. Default: none. */
  readonly secret?: boolean;
}

/** A command to the server under attack. */
export type ServerCommand =
  | { readonly do: "start"; readonly spec: ServerSpec }
  | { readonly do: "measure" }
  | { readonly do: "state" }
  | { readonly do: "publish"; readonly snapshot: SnapshotSpec }
  | { readonly do: "clear"; readonly key: string }
  /** Publishes one changed cluster after another; results in the milliseconds that it took. */
  | { readonly do: "update"; readonly key: string; readonly times: number; readonly everyMs?: number }
  | { readonly do: "inconsistent" }
  /** From now on the backend is in this state; with a `snapshot` in place of the one of its key. */
  | { readonly do: "backend"; readonly is: BackendState; readonly snapshot?: SnapshotSpec };

/** Where the server listens, on 127.0.0.1. */
export interface Started {
  readonly port: number;
  /** HTTP/1.1 for polls. */
  readonly restPort: number;
}

/** What the server says of its process, in bytes and milliseconds. */
export interface Measured {
  /** The heap and what is outside of it, after a garbage collection. */
  readonly heap: number;
  /** How late a timer was, since the last time. */
  readonly lagP99: number;
  readonly lagMax: number;
  /** The same at most, as far as the process itself was busy: other processes of the machine do not count. */
  readonly blocked: number;
  /** Processor time of the collection. */
  readonly collectMs: number;
}

/** What the server says that it holds. */
export interface State {
  readonly streams: number;
  readonly watches: number;
  readonly connections: number;
  readonly refused: number;
  readonly handshakesTimedOut: number;
  readonly idleClosed: number;
  readonly unsentBytes: number;
  readonly cut: number;
  readonly denied: number;
  /** Calls of the backend that have failed since the last one that has not. */
  readonly backendFailures: number;
  /** Keys of nodes that the cache knows. */
  readonly keys: number;
  /** Calls of callbacks since the start. */
  readonly opened: number;
  readonly closed: number;
  readonly nacks: number;
  readonly sent: number;
  /** Calls of `onError`, and promises that rejected with no handler. */
  readonly faults: number;
}
