import type { Random } from "./random.ts";
import type { State } from "./state.ts";

/** The first state of an Envoy. */
export function firstState(): State {
  const clusters = newClusters(0);
  return {
    version: 0,
    clusters,
    routes: clusters.map(({ name }) => name),
    serverName: "server-0",
    certificate: 0,
    order: 0,
  };
}

/** A step of a replacement: new clusters, the routes to them, and the removal of the former clusters. */
export type Step = "add" | "switch" | "drop";

/** The next state after a step. What the step before did must be in use, or be sent in order with it. */
export function replace(state: State, step: Step): State {
  const used = new Set(state.routes);
  switch (step) {
    case "add":
      return { ...state, clusters: [...state.clusters, ...newClusters(state.version + 1)] };
    case "switch": {
      const version = state.version + 1;
      return { ...state, version, routes: newClusters(version).map(({ name }) => name) };
    }
    case "drop":
      return { ...state, clusters: state.clusters.filter(({ name }) => used.has(name) || isExtra(name)) };
  }
}

/** What a {@link smallChange} may be. */
export interface ChangeOptions {
  readonly random: Random;
  /** How many certificates there are. */
  readonly certificates: number;
  /** Whether clusters that routes lead to may change themselves, and not their endpoints only. */
  readonly changesUsed: boolean;
}

/** A change that needs no order. */
export function smallChange(state: State, { random, certificates, changesUsed }: ChangeOptions): State {
  const { clusters } = state;
  const changed = random.pick(clusters);
  const change = (what: object) => clusters.map((each) => each === changed ? { ...each, ...what } : each);
  switch (random.pick(["endpoints", "endpoints", "cluster", "extra", "order", "secret", "listener"] as const)) {
    case "endpoints":
      return { ...state, clusters: change({ upstream: 1 - changed.upstream }) };
    case "cluster":
      if (!changesUsed && !isExtra(changed.name)) return state;
      return { ...state, clusters: change({ connectTimeoutMs: 1_000 + random.between(1, 1_000) }) };
    case "extra": {
      const extras = clusters.filter(({ name }) => isExtra(name));
      if (extras.length > 2) return { ...state, clusters: clusters.filter((each) => each !== extras[0]) };
      const name = `extra-${random.between(0, 1e9)}`;
      return { ...state, clusters: [...clusters, { name, connectTimeoutMs: 1_000, upstream: 0 }] };
    }
    case "order":
      return { ...state, order: random.between(0, 1e9) };
    case "secret":
      return { ...state, certificate: random.between(0, certificates - 1) };
    case "listener":
      return { ...state, serverName: `server-${random.between(0, 1e9)}` };
  }
}

function newClusters(version: number): State["clusters"] {
  return [0, 1, 2].map((path) => ({ name: `c${path}-${version}`, connectTimeoutMs: 1_000, upstream: version % 2 }));
}

/** No route leads to it. */
function isExtra(name: string): boolean {
  return name.startsWith("extra");
}
