import type { Distribution } from "./lag.ts";

/** A command to the server of the load tests: a line of JSON. It prints one line with the result of each. */
export type ServerCommand =
  /** Results in {@link Started}. */
  | { readonly do: "start"; readonly limits: Limits; readonly port: number }
  /** Results in {@link Published}. */
  | { readonly do: "publish"; readonly version: string; readonly update: readonly Part[] }
  /** Publishes without waiting for clients, as often as given. Results in {@link Burst}. */
  | { readonly do: "burst"; readonly part: Part; readonly perSecond: number; readonly seconds: number }
  /** Results in {@link Stats}. `gc`: collect garbage first. `reset`: the lag counts from now on. */
  | { readonly do: "stats"; readonly gc: boolean; readonly reset: boolean };

/** Options of the server, of `createDiscoveryServer` and of `listen`, that differ from their defaults. */
export interface Limits {
  readonly stallTimeoutMs?: number;
  readonly maxUnsentBytes?: number;
  readonly maxConnectionsPerAddress?: number;
  readonly newStreamsPerSecond?: number;
}

/** Resources of a publication that are alike. */
export interface Part {
  readonly kind: "cluster" | "endpoints" | "route";
  /** The number of the first one, and how many there are. */
  readonly first: number;
  readonly count: number;
  /** The size of each: bytes of padding; of endpoints, their number. */
  readonly size: number;
  /** Makes the content differ from that of other revisions. */
  readonly revision: number;
}

export interface Started {
  readonly port: number;
}

export interface Published {
  /** When it began, in microseconds since 1970. */
  readonly atUs: number;
  /** How long the event loop was busy with it. */
  readonly busyMs: number;
  /** The encoded size of the resources. */
  readonly bytes: number;
}

export interface Burst {
  readonly publications: number;
  /** How long the event loop was busy with them. */
  readonly busyMs: number;
  /** The version of the last one, and when it was published, in microseconds since 1970. */
  readonly version: string;
  readonly atUs: number;
}

/** The state of the server process, and what the server says of itself. */
export interface Stats {
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** Memory outside of the heap that objects in it hold. */
  readonly externalBytes: number;
  readonly cpuUs: number;
  /** Undefined where the system does not say. */
  readonly fileDescriptors: number | undefined;
  /** How late the event loop came to a timer, and how much CPU time it took in between. */
  readonly late: Distribution;
  readonly busy: Distribution;
  readonly streams: number;
  /** Streams with a response that their clients have rejected. */
  readonly nacked: number;
  readonly watches: number;
  readonly connections: number;
  readonly unsent: { readonly streams: number; readonly bytes: number; readonly stalledClosed: number };
  /** Responses that were made, however many streams they were sent on, by type and version. */
  readonly made: Readonly<Record<string, number>>;
}

/** How long it took until streams had something, as the clients report it. */
export interface Arrival {
  /** How many have it, and how many do not. */
  readonly reached: number;
  readonly missing: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly lastUs: number;
}

/** What the clients of a group have seen since they were opened. */
export interface Counts {
  readonly streams: number;
  /** How many are open now, and how many were ever opened. */
  readonly open: number;
  readonly opened: number;
  readonly messages: number;
  readonly bytes: number;
  readonly nacks: number;
  /** Responses with an older version than the one before them. */
  readonly backwards: number;
  /** The most responses of one type that one stream has had since the last mark. */
  readonly maxSinceMark: number;
  /** Streams that have ended though their clients wanted to keep them, by the status code. */
  readonly ended: Readonly<Record<string, number>>;
  /** How many streams have which content, by type. */
  readonly contents: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** A group of clients that do the same. */
export interface Group {
  readonly group: string;
  readonly streams: number;
  readonly perConnection: number;
  readonly delta: boolean;
  readonly types: readonly { readonly typeUrl: string; readonly names: readonly string[] }[];
  /** Each response is rejected. Default: false. */
  readonly nack?: boolean;
  /** Nothing is read from the beginning. Default: false. */
  readonly startStalled?: boolean;
  /** Clients that reconnect send the versions that they have, as Envoy does. Default: false. */
  readonly resume?: boolean;
}
