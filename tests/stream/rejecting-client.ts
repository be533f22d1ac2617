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
  /** The types of the responses since the last publication. */
  types: ServedType[] = [];
  #stream!: TestStream;
  readonly #served: Served;
  readonly #id: string;
  /** What the server knows that the client rejects, on this stream. */
  readonly #known = new Set<string>();
  readonly #fromBefore = new Set<string>();
  /** The clusters that it was sent with new content, and no endpoints since. */
  readonly #warming = new Set<string>();
  /** The clusters of which it had endpoints. */
  readonly #lostEndpoints = new Set<string>();
  #nackNext = false;
  /** What was published last. */
  #contents: ReadonlySet<string>;
  /** The contents of the last response, if it was rejected. */
  #rejected = "";
  /** What it ACKed last of each type: it says so when it connects anew. */
  readonly #versions: Record<ServedType, string> = { CDS: "", EDS: "", RDS: "" };
  #areClustersKnown = true;

  constructor(served: Served, id: string, behaviour: Behaviour) {
    this.#served = served;
    this.#id = id;
    this.#contents = served.contents;
    this.behaviour = behaviour;
    this.#connect();
  }

  /**
   * Whether the server can know what clusters the client has. A SotW request has no list of them, so that it does not
   * before a client that returns has ACKed a response with all of them. Meanwhile each change is sent with all clusters,
   * bad ones as well.
   */
  get areClustersKnown(): boolean {
    return this.behaviour.variant === "delta" || this.#areClustersKnown;
  }

  /** The clusters that have lost their endpoints, since those for their new content were rejected. */
  get lostEndpoints(): ReadonlySet<string> {
    return this.#lostEndpoints;
  }

  /** The number of responses since the last publication. */
  get responses(): number {
    return this.types.length;
  }

  /** SotW: whether what the client has of a name is of an earlier stream, of which its requests say nothing. */
  isFromBefore(type: ServedType, name: string): boolean {
    return this.#fromBefore.has(`${type} ${name}`);
  }

  /** Connects anew, in delta with what it has. */
  reconnect(): void {
    if (this.behaviour.variant === "sotw") {
      for (const type of ["CDS", "EDS"] as const) {
        for (const name of this.held[type].keys()) this.#fromBefore.add(`${type} ${name}`);
      }
    }
    this.#areClustersKnown = this.#versions.CDS === "" && this.held.CDS.size === 0;
    this.#stream.stream.close();
    this.#known.clear();
    this.#connect();
  }

  /** Connects anew, with clusters of another server. @param version - what it ACKed last of them */
  reconnectAs(version: string): void {
    this.#versions.CDS = version;
    this.reconnect();
  }

  /** Content of names has changed. */
  published(): void {
    this.types = [];
    // What was known of a stand-in is not, once it is published in place of what it stood in for.
    const { contents } = this.#served;
    for (const id of this.#known) if (!contents.has(id) || !this.#contents.has(id)) this.#known.delete(id);
    this.#contents = contents;
  }

  /** Takes a response. @returns whether there was one */
  take(): boolean {
    const response = this.#stream.next(this.#served.now);
    if (response === undefined) return false;
    const type = typeOf(response);
    this.types.push(type);
    const bad = response.resources.filter((each) => this.#isBad(type, each));
    this.#checkKnown(type, response, bad);
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
          ? { resourceNames: this.#names(type), versionInfo: this.#versions[type] }
          : { resourceNamesSubscribe: this.#names(type), initialResourceVersions },
      );
    }
  }

  #names(type: ServedType): string[] {
    return this.behaviour.wildcard && type !== "EDS" ? ["*"] : [...this.#served.names[type]];
  }

  #accept(type: ServedType, response: OutgoingResponse): void {
    this.#apply(type, response, () => true);
    this.#versions[type] = response.version;
    if (type === "CDS") this.#areClustersKnown = true;
    this.#stream.ack(response, ...this.#sotwNames(type));
  }

  #reject(type: ServedType, response: OutgoingResponse, bad: readonly Resource[]): void {
    const { reason, honesty } = this.behaviour;
    // Clusters that can be built are applied beside those that cannot.
    const isPartial = type === "CDS" && reason === "list" && honesty === "honest";
    if (isPartial) this.#apply(type, response, (resource) => !bad.includes(resource));
    if (type === "EDS") this.#endWarming(response);
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
      // An Envoy ignores a cluster that has not changed.
      if (type === "CDS" && held.get(resource.name)?.version !== resource.version) this.#warming.add(resource.name);
      if (type === "EDS") { for (const names of [this.#warming, this.#lostEndpoints]) names.delete(resource.name); }
      held.set(resource.name, resource);
      this.#fromBefore.delete(`${type} ${resource.name}`);
    }
  }

  /** An Envoy that rejects the endpoints of a new or changed cluster uses it without any. */
  #endWarming({ resources }: OutgoingResponse): void {
    for (const { name } of resources) {
      if (!this.#warming.delete(name) || !this.held.EDS.delete(name)) continue;
      this.#lostEndpoints.add(name);
      this.#fromBefore.delete(`EDS ${name}`);
    }
  }

  #remove(type: ServedType, name: string): void {
    if (type === "EDS") this.#lostEndpoints.delete(name);
    if (type === "CDS") this.#warming.delete(name);
    if (!this.held[type].delete(name)) return;
    // What it has without an ACK, from responses of earlier streams that it rejected, its requests say nothing of.
    if (!this.areClustersKnown && this.#versions.CDS === "") return;
    if (this.#served.published[type].has(name)) this.#violation(`${type} ${name} was removed although it is published`);
    if (type !== "CDS" || this.#served.hasTimePassed) return;
    // That a route uses a cluster which was removed meanwhile, the server cannot know.
    if (!this.areClustersKnown) return;
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
    if (!this.areClustersKnown) return;
    if (this.#served.published.CDS.has(cluster) && !this.held.CDS.has(cluster)) {
      this.#violation(`route ${route.name} arrived without cluster ${cluster}`);
    }
  }

  #checkKnown(type: ServedType, { resources }: OutgoingResponse, bad: readonly Resource[]): void {
    const contents = `${type} ${resources.map((each) => idOf(type, each)).sort()}`;
    const isSame = contents === this.#rejected;
    this.#rejected = bad.length > 0 ? contents : "";
    if (type === "CDS" && !this.areClustersKnown && !isSame) return;
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
