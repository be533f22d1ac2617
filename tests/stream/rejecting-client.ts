import type { Resource } from "../../mod.ts";
import type { OutgoingResponse, Variant } from "../../src/stream/mod.ts";
import { TYPES } from "../protocol/transcript.ts";
import { clusterOf, idOf, type Served, type ServedType } from "./rejecting-fleet.ts";
import { TestStream } from "./test-stream.ts";

/** How a client behaves. */
export interface Behaviour {
  readonly variant: Variant;
  readonly wildcard: boolean;
  /** Contents that it rejects, of those that the publications have. */
  readonly rejects: readonly string[];
  /** Whether it means it: others reject everything, or every second response whatever is in it. */
  readonly honesty: "honest" | "everything" | "alternates";
  /** What it says of what it rejects. */
  readonly reason: "none" | "first" | "list" | "dump" | "mention" | "lie";
}

/** A client of ADS with clusters, endpoints and routes, which applies what it accepts, as Envoy does. */
export class RejectingClient {
  readonly behaviour: Behaviour;
  readonly held: Record<ServedType, Map<string, Resource>> = { CDS: new Map(), EDS: new Map(), RDS: new Map() };
  /** What is against the rules. */
  readonly violations: string[] = [];
  hasReconnected = false;
  responses = 0;
  #stream!: TestStream;
  readonly #served: Served;
  readonly #id: string;
  /** What the server knows that the client rejects, on this stream. */
  readonly #known = new Set<string>();
  #nackNext = false;

  constructor(served: Served, id: string, behaviour: Behaviour) {
    this.#served = served;
    this.#id = id;
    this.behaviour = behaviour;
    this.#connect();
  }

  /** Connects anew, in delta with what it has. */
  reconnect(): void {
    this.hasReconnected = true;
    this.#stream.stream.close();
    this.#known.clear();
    this.#connect();
  }

  /** Content of names has changed. */
  published(): void {
    this.responses = 0;
    for (const id of this.#known) if (!this.#served.contents.has(id)) this.#known.delete(id);
  }

  /** Takes a response. @returns whether there was one */
  take(): boolean {
    const response = this.#stream.next(this.#served.now);
    if (response === undefined) return false;
    this.responses++;
    const type = typeOf(response);
    const bad = response.resources.filter((each) => this.#isBad(type, each));
    this.#checkKnown(type, bad);
    this.#nackNext = !this.#nackNext;
    const { honesty } = this.behaviour;
    const isRejected = honesty === "honest" ? bad.length > 0 : honesty === "everything" || this.#nackNext;
    if (isRejected) this.#reject(type, response, honesty === "honest" ? bad : response.resources);
    else this.#accept(type, response);
    return true;
  }

  /** The contents that the client is not sent, and why, by type and name. */
  quarantined(type: ServedType): ReadonlyMap<string, string> {
    const status = this.#stream.stream.status(this.#served.now).find(({ typeUrl }) => typeUrl === TYPES[type]);
    return new Map(status?.quarantined.map(({ name, by }) => [name, by]));
  }

  #connect(): void {
    const { variant } = this.behaviour;
    const { cache, responses, fleet } = this.#served;
    this.#stream = new TestStream({ variant, cache, responses, fleet }, { id: this.#id });
    for (const type of ["CDS", "EDS", "RDS"] as const) {
      const held = [...this.held[type].values()].map(({ name, version }) => [name, version]);
      const initialResourceVersions = Object.fromEntries(held);
      this.#stream.request(
        type,
        variant === "sotw"
          ? { resourceNames: this.#names(type) }
          : { resourceNamesSubscribe: this.#names(type), initialResourceVersions },
      );
    }
  }

  #names(type: ServedType): string[] {
    return this.behaviour.wildcard && type !== "EDS" ? ["*"] : [...this.#served.names[type]];
  }

  #accept(type: ServedType, response: OutgoingResponse): void {
    this.#apply(type, response, () => true);
    this.#stream.ack(response, ...this.#sotwNames(type));
  }

  #reject(type: ServedType, response: OutgoingResponse, bad: readonly Resource[]): void {
    const { reason, honesty } = this.behaviour;
    // Clusters that can be built are applied beside those that cannot.
    const isPartial = type === "CDS" && reason === "list" && honesty === "honest";
    if (isPartial) this.#apply(type, response, (resource) => !bad.includes(resource));
    if (honesty === "honest") {
      const named = reason === "first" || reason === "dump" ? bad.slice(0, 1) : reason === "list" ? bad : [];
      for (const each of named) this.#known.add(idOf(type, each));
      if (response.resources.length === 1) this.#known.add(idOf(type, bad[0]!));
    }
    this.#stream.nackFor(this.#reasonFor(response, bad), response, ...this.#sotwNames(type));
  }

  #sotwNames(type: ServedType): string[] {
    return this.behaviour.variant === "sotw" ? this.#names(type) : [];
  }

  #apply(type: ServedType, response: OutgoingResponse, isGood: (resource: Resource) => boolean): void {
    const held = this.held[type];
    const sent = new Set(response.resources.map(({ name }) => name));
    const isFull = this.behaviour.variant === "sotw" && type === "CDS";
    const removed = isFull ? [...held.keys()].filter((name) => !sent.has(name)) : response.removed;
    for (const name of removed) this.#remove(type, name);
    for (const resource of response.resources) {
      if (!isGood(resource)) continue;
      if (type === "RDS") this.#checkRoute(resource);
      held.set(resource.name, resource);
    }
  }

  #remove(type: ServedType, name: string): void {
    if (!this.held[type].delete(name)) return;
    // The server does not know all that a client that returns has, nor what that refers to.
    if (this.hasReconnected) return;
    if (this.#served.published[type].has(name)) this.#violation(`${type} ${name} was removed although it is published`);
    if (type !== "CDS" || this.#served.hasTimePassed) return;
    for (const route of this.held.RDS.values()) {
      const next = this.#served.published.RDS.get(route.name);
      // SotW has no removal of a route, and a route may be published without its cluster.
      if (clusterOf(route) !== name || next === undefined || clusterOf(next) === name) continue;
      this.#violation(`cluster ${name} was removed although route ${route.name} uses it`);
    }
  }

  #checkRoute(route: Resource): void {
    const cluster = clusterOf(route);
    if (this.held.RDS.get(route.name)?.version === route.version || this.#served.hasTimePassed) return;
    // Where others have accepted content of a cluster that the client rejects, the server takes it to have that.
    if (this.quarantined("CDS").has(cluster)) return;
    if (this.#served.published.CDS.has(cluster) && !this.held.CDS.has(cluster)) {
      this.#violation(`route ${route.name} arrived without cluster ${cluster}`);
    }
  }

  #checkKnown(type: ServedType, bad: readonly Resource[]): void {
    for (const each of bad) {
      if (this.#known.has(idOf(type, each))) this.#violation(`${idOf(type, each)} was sent again`);
    }
  }

  #violation(text: string): void {
    if (this.behaviour.honesty === "honest" && this.behaviour.reason !== "lie") this.violations.push(text);
  }

  #isBad(type: ServedType, resource: Resource): boolean {
    return this.behaviour.rejects.includes(idOf(type, resource));
  }

  #reasonFor({ resources }: OutgoingResponse, bad: readonly Resource[]): string {
    const names = bad.map(({ name }) => name);
    const others = resources.filter((each) => !bad.includes(each));
    switch (this.behaviour.reason) {
      case "none":
        return "no";
      case "first":
        return `resource "${names[0]}": no`;
      case "list":
        return `Error adding/updating cluster(s) ${names.map((name) => `${name}: no`).join(", ")}`;
      case "dump":
        return `goo.gle/debugonly name: "${names[0]}" x { }: Proto constraint validation failed (X.Y: no)`;
      case "mention":
        return `cannot use ${names.join(" and ")}`;
      case "lie":
        return `resource "${others[0]?.name ?? "x"}": no`;
    }
  }
}

function typeOf({ typeUrl }: OutgoingResponse): ServedType {
  return (["CDS", "EDS", "RDS"] as const).find((type) => TYPES[type] === typeUrl)!;
}
