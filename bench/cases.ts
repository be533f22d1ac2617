import { join } from "node:path";
import type { ResourceKind } from "./protocol.ts";
import type { Streams } from "./session.ts";

/** A measured case. */
export interface Case extends Streams {
  readonly name: string;
  readonly what: string;
  readonly kind: "change" | "sync" | "nodes" | "reconnect" | "storm" | "idle" | "publish" | "start";
  readonly variant: "sotw" | "delta";
  /** Default: clusters. */
  readonly type?: ResourceKind;
  /** Resources (of each node), and those that each publication changes. */
  readonly count: number;
  readonly changed: number;
  /** Each stream has its own node, with its own snapshot. Default: false. */
  readonly perNode?: boolean;
  /** The resources of each node differ from those of the others. Default: false; they are equal. */
  readonly ownContent?: boolean;
  /** Endpoints of each assignment. Default: 4. */
  readonly hosts?: number;
  /** Consecutive resources change, which so many streams are subscribed to. Default: all streams receive each change. */
  readonly reached?: number;
  readonly nodes?: number;
  /** Publications that are measured, at most, and those before them that are not. */
  readonly rounds: number;
  readonly warmUp?: number;
  /** Resources that each measured message has to hold. */
  readonly perMessage?: number;
  /** Default: all. */
  readonly servers?: readonly string[];
  /** Not run unless it is named. */
  readonly extra?: boolean;
  /** Run by `--quick`. */
  readonly quick?: boolean;
}

const NODE_FILE = join(import.meta.dirname, "fixtures/envoy-node.bin");

const ONE_PROCESS = ["ours", "ours-linear", "go-snapshot", "go-linear", "floor"];
const PER_NODE = ["ours", "go-snapshot"];
const COMPARED = ["ours", "go-snapshot", "go-linear"];

export const CASES: readonly Case[] = [
  {
    name: "sotw",
    what: "SotW: 1,000 streams, 100 clusters, 1 changed",
    ...fanOut({ variant: "sotw", streams: 1000, count: 100, changed: 1, rounds: 20 }),
    servers: [...ONE_PROCESS, "ours-2"],
    quick: true,
  },
  {
    name: "sotw-node",
    what: "the same to 300 streams, with Envoy's node of 61 kB in every request",
    ...fanOut({ variant: "sotw", streams: 300, count: 100, changed: 1, rounds: 20 }),
    nodeFile: NODE_FILE,
    servers: ONE_PROCESS,
  },
  {
    name: "sotw-5000",
    what: "SotW: 5,000 streams, 100 clusters, 1 changed",
    ...fanOut({ variant: "sotw", streams: 5000, count: 100, changed: 1, rounds: 5 }),
    warmUp: 2,
    servers: ONE_PROCESS,
  },
  {
    name: "delta",
    what: "delta, wildcard: 200 streams, 10,000 clusters, 1 changed",
    ...fanOut({ variant: "delta", streams: 200, count: 10_000, changed: 1, rounds: 50 }),
    servers: [...ONE_PROCESS, "ours-2"],
    quick: true,
  },
  {
    name: "delta-1000-streams",
    what: "the same to 1,000 streams",
    ...fanOut({ variant: "delta", streams: 1000, count: 10_000, changed: 1, rounds: 10 }),
    servers: ["ours", "go-linear", "floor"],
  },
  {
    name: "delta-1000",
    what: "delta, wildcard: 200 streams, 1,000 clusters, 1 changed",
    ...fanOut({ variant: "delta", streams: 200, count: 1000, changed: 1, rounds: 50 }),
    servers: ONE_PROCESS,
  },
  {
    name: "delta-100000",
    what: "delta, wildcard: 200 streams, 100,000 clusters, 1 changed",
    ...fanOut({ variant: "delta", streams: 200, count: 100_000, changed: 1, rounds: 50 }),
    warmUp: 2,
    servers: ["ours", "floor"],
  },
  {
    name: "sync",
    what: "initial sync: 10,000 clusters to 200 delta streams; CPU for all",
    ...sync({ streams: 200, count: 10_000 }),
    servers: ONE_PROCESS,
  },
  {
    name: "sync-1000-streams",
    what: "the same to 1,000 streams; CPU for all",
    ...sync({ streams: 1000, count: 10_000 }),
    servers: ["ours", "go-linear", "floor"],
  },
  {
    name: "delta-eds",
    what: "delta EDS by name: 1,000 streams × 50 of 5,000, 500 changed",
    kind: "change",
    variant: "delta",
    type: "endpoints",
    streams: 1000,
    namesPerStream: 50,
    count: 5000,
    changed: 500,
    rounds: 10,
    perMessage: 5,
    servers: COMPARED,
  },
  {
    name: "eds-churn",
    what: "the same, 500 consecutive ones changed: 50 in each of 100 messages",
    kind: "change",
    variant: "delta",
    type: "endpoints",
    streams: 1000,
    namesPerStream: 50,
    count: 5000,
    changed: 500,
    reached: 100,
    rounds: 40,
    perMessage: 50,
    servers: COMPARED,
  },
  {
    name: "publish-endpoints",
    what: "500 new assignments of ten endpoints into 5,000, to one delta stream; CPU for each publication",
    ...fanOut({ variant: "delta", streams: 1, count: 5000, changed: 500, rounds: 100 }),
    type: "endpoints",
    hosts: 10,
    warmUp: 20,
    servers: ["ours-linear", "ours-hosts", "go-linear"],
  },
  {
    name: "per-node-sotw",
    what: "SotW, a snapshot per node: 1,000 nodes × 100 clusters, 1 changed in each",
    ...fanOut({ variant: "sotw", streams: 1000, count: 100, changed: 1, rounds: 8 }),
    perNode: true,
    nodes: 1000,
    servers: PER_NODE,
  },
  {
    name: "per-node-delta",
    what: "the same with delta",
    ...fanOut({ variant: "delta", streams: 1000, count: 100, changed: 1, rounds: 8 }),
    perNode: true,
    nodes: 1000,
    servers: PER_NODE,
  },
  {
    name: "per-node-new",
    what: "delta, a snapshot per node: 100 nodes × 100 clusters, all of them new",
    ...fanOut({ variant: "delta", streams: 100, count: 100, changed: 100, rounds: 10 }),
    perNode: true,
    nodes: 100,
    servers: PER_NODE,
  },
  ...["nodes-equal", "nodes-own"].map((name): Case => ({
    name,
    what: `SotW: 1,000 new snapshots of 100 clusters, ${
      name === "nodes-own" ? "all different" : "all equal"
    }, and a stream for each; CPU for each`,
    kind: "nodes",
    variant: "sotw",
    streams: 1000,
    nodes: 1000,
    perNode: true,
    ownContent: name === "nodes-own",
    count: 100,
    changed: 1,
    rounds: 1,
    perMessage: 100,
    servers: PER_NODE,
  })),
  {
    name: "reconnect",
    what: "SotW: 2,000 streams disconnect and reconnect at once; CPU for each",
    kind: "reconnect",
    variant: "sotw",
    streams: 2000,
    count: 100,
    changed: 1,
    rounds: 1,
    servers: ["ours", "go-snapshot", "floor"],
  },
  {
    name: "storm",
    what: "SotW: publications without a pause to 500 streams; CPU for each publication, latency of the last",
    kind: "storm",
    variant: "sotw",
    streams: 500,
    count: 100,
    changed: 1,
    rounds: 1000,
    servers: ["ours", "go-snapshot"],
  },
  {
    name: "idle",
    what: "memory of 5,000 idle SotW streams, without the server's own",
    kind: "idle",
    variant: "sotw",
    streams: 5000,
    count: 1,
    changed: 1,
    rounds: 0,
    servers: ["ours", "go-snapshot", "floor"],
  },
  {
    name: "publish",
    what: "1 of 10,000 clusters published without streams; CPU for each publication",
    kind: "publish",
    variant: "delta",
    streams: 0,
    count: 10_000,
    changed: 1,
    rounds: 100,
    servers: COMPARED,
  },
  {
    name: "start",
    what: "from the start of the process until it listens",
    kind: "start",
    variant: "sotw",
    streams: 0,
    count: 1,
    changed: 1,
    rounds: 0,
    servers: ["ours", "go-snapshot", "floor"],
    quick: true,
  },
  ...[100, 10_000].map((streams): Case => ({
    name: `sotw-${streams}`,
    what: `SotW: ${streams.toLocaleString("en")} streams, ten on a connection, 100 clusters, 1 changed`,
    ...fanOut({ variant: "sotw", streams, count: 100, changed: 1, rounds: streams === 100 ? 100 : 3 }),
    warmUp: streams === 100 ? 20 : 2,
    perConnection: 10,
    servers: ["ours", "go-snapshot"],
    extra: true,
  })),
];

type FanOut = Pick<Case, "variant" | "streams" | "count" | "changed" | "rounds">;

function fanOut(of: FanOut): FanOut & Pick<Case, "kind" | "perMessage"> {
  return { kind: "change", ...of, perMessage: of.variant === "sotw" ? of.count : of.changed };
}

function sync({ streams, count }: Pick<Case, "streams" | "count">): Omit<Case, "name" | "what"> {
  return { kind: "sync", variant: "delta", streams, count, changed: 1, rounds: 1, perMessage: count };
}
