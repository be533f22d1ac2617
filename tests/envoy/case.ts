import type { Bootstrap } from "../../examples/demo/bootstrap.ts";
import type { Cache, DiscoveryServerOptions, Snapshot } from "../../mod.ts";
import type { ListenOptions } from "../../src/node/mod.ts";
import type { Mode } from "./modes.ts";
import type { World } from "./world.ts";

/** How much there is to do; settable from the command line. */
export interface Amounts {
  /** How many clusters there are where there are many. */
  readonly clusters: number;
  /** How many listeners of each kind. */
  readonly listeners: number;
  /** How many batches of updates. */
  readonly updates: number;
  /** How often everything is replaced under load. */
  readonly replacements: number;
  /** Of how many resources some are bad. */
  readonly isolated: number;
  /** How many requests are sent a second while configuration changes. */
  readonly rate: number;
}

/**
 * Something that must work with a real Envoy. It throws if it does not; beyond that the program holds of each that no
 * request fails while configuration changes, that Envoy rejects nothing, and that the server has no error.
 */
export interface Case {
  /** What it is about: a type, as in the API's table, or `all`. */
  readonly type: string;
  readonly name: string;
  /** In which modes there is such a thing. Default: in all. */
  readonly modes?: (mode: Mode) => boolean;
  /** What Envoy starts with beside the usual. */
  readonly bootstrap?: (usual: Bootstrap, mode: Mode) => Bootstrap;
  readonly server?: Omit<Partial<DiscoveryServerOptions>, "cache" | "callbacks">;
  /** How the server listens, where it serves HTTP/2. */
  readonly listen?: Omit<ListenOptions, "port">;
  /** Where the server has its configuration from. Default: what is published is set at once. */
  readonly backend?: () => Backend | Promise<Backend>;
  /** Whether the server refuses what Envoy would reject. Default: false, so that Envoy is seen to reject it. */
  readonly admits?: boolean;
  /** Whether all that the server shows is kept, in `server.outputs`. Default: false. */
  readonly keepsOutputs?: boolean;
  /** Whether requests fail while configuration changes, as the case shows. Default: false. */
  readonly requestsFail?: boolean;
  run(world: World): Promise<void>;
}

export const onlyDelta = ({ variant }: Mode): boolean => variant === "delta";
export const onlyAds = ({ aggregated }: Mode): boolean => aggregated;
export const onlyStreams = ({ pollMs }: Mode): boolean => pollMs === undefined;
export const onlyPolls = ({ pollMs }: Mode): boolean => pollMs !== undefined;

/** A cache, and the way to publish to it. */
export interface Backend {
  readonly cache: Cache;
  publish(snapshot: Snapshot): void;
  close(): void;
}
