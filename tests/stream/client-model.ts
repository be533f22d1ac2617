import type { Variant } from "../../src/stream/mod.ts";
import { type Type } from "../protocol/transcript.ts";
import type { Said, Seen, SeenResource } from "./wire-client.ts";
import { hasTtl, referenceIn, TTL_MS, type World } from "./world.ts";

/** Types of which a SotW response holds everything that was asked for. */
const FULL_STATE: ReadonlySet<Type> = new Set<Type>(["CDS", "LDS", "SRDS"]);
/** Types of which a first request without names asks for everything. */
const LEGACY_WILDCARD: ReadonlySet<Type> = FULL_STATE;
/** The types that refer to a type, directly or through others. */
const REFERRERS: { readonly [T in Type]?: readonly Type[] } = {
  CDS: ["LDS", "RDS", "SRDS"],
  EDS: ["CDS", "LDS", "RDS", "SRDS"],
  RDS: ["LDS", "SRDS"],
};
/** A resource that changed so often while nobody looked may be sent although it has changed back. */
const FORGETFUL_AFTER = 8;

/** What a request changes, and which response it answers. */
export interface Change {
  readonly add?: readonly string[];
  readonly drop?: readonly string[];
  readonly nonce?: string;
  readonly error?: string;
}

/** What the client knows of one type, on one stream unless said otherwise. */
class TypeModel {
  /** What it wants, across streams. */
  readonly names = new Set<string>();
  wildcard = false;
  /** What it works with: accepted, and still wanted. Across streams. */
  readonly held = new Map<string, { readonly label: string; readonly version: string }>();
  /** SotW: of the last response that it accepted. Across streams. */
  version = "";
  /** Its last copy was in a response that the client rejected. */
  readonly rejected = new Set<string>();

  requests = 0;
  /** When the first request was sent. */
  openedAt = 0;
  named = false;
  readonly nonces: string[] = [];
  /** The response that it has not answered. */
  outstanding: Seen | undefined = undefined;
  /** What it was sent, accepted or not. */
  readonly told = new Map<string, { readonly label: string; readonly at: number }>();
  /** What it waits to be answered. */
  readonly asked = new Set<string>();
  askedAll = false;
  /** Its view was replaced as a whole, so that anything may be repeated once. */
  moved = false;
  /** How often each name has changed since the last response. */
  readonly churn = new Map<string, number>();
  /** May be sent again: gone and back since it was sent last. */
  readonly returned = new Set<string>();
  /** Who asks for everything, or moves to another group, may be told of what went just before. */
  readonly gone = new Set<string>();
  /** When each was last sent as something new, and when as something that may look new, as it was gone meanwhile. */
  readonly newsAt = new Map<string, number>();
  readonly perhapsNewsAt = new Map<string, number>();
  /** Full state: the last response, whatever the client has wanted since. */
  readonly last = new Map<string, string>();
  nacked = false;
  lastBeat: number | undefined = undefined;
  readonly heardAt = new Map<string, number>();

  wants(name: string): boolean {
    return this.wildcard || this.names.has(name);
  }

  get empty(): boolean {
    return !this.wildcard && this.names.size === 0;
  }
}

/**
 * An xDS client that keeps book of what it asked for, what it was sent and what it may expect: written from the
 * protocol's description alone. It throws where a response is none that a server may send.
 */
export class ClientModel {
  readonly variant: Variant;
  readonly ttl: boolean;
  /** The client has let a response wait for so long that nothing waits for it any more. */
  late = false;
  #types = new Map<Type, TypeModel>();
  #seq = 0;

  constructor({ variant, ttl }: { readonly variant: Variant; readonly ttl: boolean }) {
    this.variant = variant;
    this.ttl = ttl;
  }

  /** The types that it has asked for. */
  get types(): Type[] {
    return [...this.#types.keys()];
  }

  type(type: Type): TypeModel {
    let model = this.#types.get(type);
    if (model === undefined) this.#types.set(type, model = new TypeModel());
    return model;
  }

  /** What is to be answered. */
  get unanswered(): Seen[] {
    return [...this.#types.values()].flatMap(({ outstanding }) => outstanding ?? []);
  }

  /** Makes a request and takes note of what follows from it. */
  say(type: Type, change: Change): Said {
    const model = this.type(type);
    const first = model.requests++ === 0;
    if (first) model.openedAt = this.#seq;
    if (model.outstanding !== undefined && change.nonce === model.outstanding.nonce) this.#judge(type, change.error);
    const { nonce = "", error } = change;
    return this.variant === "sotw"
      ? { type, nonce, error, ...this.#sayAll(type, model, change) }
      : { type, nonce, error, ...this.#sayChange(type, model, change, first) };
  }

  /** Loses its stream, and says on the next one, type by type, what it wants and has. */
  reconnect(): Said[] {
    const before = this.#types;
    this.#types = new Map();
    return [...before].flatMap(([type, old]) => {
      if (old.empty) return [];
      const model = this.type(type);
      for (const [name, held] of old.held) model.held.set(name, held);
      model.version = old.version;
      model.requests = 1;
      model.openedAt = this.#seq;
      if (this.variant === "sotw") {
        const names = old.wildcard && (old.names.size > 0 || !LEGACY_WILDCARD.has(type))
          ? ["*", ...old.names]
          : [...old.names];
        return { type, nonce: "", versionInfo: old.version, ...this.#sayAll(type, model, { add: names }) };
      }
      for (const [name, { label }] of model.held) {
        model.told.set(name, { label, at: 0 });
        model.heardAt.set(name, old.heardAt.get(name)!);
      }
      model.lastBeat = old.lastBeat;
      const wildcard = old.wildcard && (old.names.size > 0 || !LEGACY_WILDCARD.has(type));
      const add = [...wildcard ? ["*"] : [], ...old.names];
      const initial = Object.fromEntries([...model.held].map(([name, { version }]) => [name, version]));
      const said = this.#sayChange(type, model, { add }, true);
      for (const name of model.held.keys()) model.asked.delete(name);
      return { type, nonce: "", ...said, initial };
    });
  }

  /** The world of the client changes. */
  published(before: World, after: World): void {
    for (const [type, model] of this.#types) {
      for (const name of new Set([...before[type].keys(), ...after[type].keys()])) {
        const [from, to] = [before[type].get(name), after[type].get(name)];
        if (from === to) continue;
        model.churn.set(name, (model.churn.get(name) ?? 0) + 1);
        if (from === undefined && model.told.has(name)) model.returned.add(name);
      }
    }
  }

  /** The client belongs to another group from now on. */
  move(): void {
    this.late = true;
    for (const model of this.#types.values()) model.moved = true;
  }

  /** Takes a response, and complains where it is not one to be sent now. */
  receive(seen: Seen, world: World, now: number): void {
    const { type, nonce, removed, resources } = seen;
    const model = this.type(type);
    check(model.outstanding === undefined, "a response is sent while another one is not answered");
    check(nonce !== "" && !model.nonces.includes(nonce), `the nonce "${nonce}" is not new`);
    const names = [...resources.map(({ name }) => name), ...removed];
    check(new Set(names).size === names.length, `a name is there twice: ${names}`);
    for (const { name } of resources) check(model.wants(name), `${name} was not asked for`);
    for (const each of resources) this.#checkContent(type, each, world);
    for (const name of removed) check(!world[type].has(name), `${name} exists, and is said to be removed`);
    if (this.#isFull(type)) this.#checkComplete(model, seen, world);
    if (model.askedAll || model.moved) {
      for (const name of model.churn.keys()) if (!world[type].has(name)) model.gone.add(name);
    }
    const beat = this.#checkReasons(model, seen, { world, now });
    if (!this.late) this.#checkOrder(model, seen, world);
    this.#note(model, seen, now);
    if (beat) model.lastBeat = now;
  }

  /** Everything was answered and the time has passed: the client has been told all, and has what it accepted. */
  checkSettled(world: World): void {
    for (const [type, model] of this.#types) this.#checkType(type, model, world[type]);
    const [clusters, endpoints] = [this.type("CDS"), this.type("EDS")];
    for (const [name, at] of clusters.newsAt) {
      if (!clusters.told.has(name) || !endpoints.names.has(name) || !world.EDS.has(name)) continue;
      const last = endpoints.told.get(name)!.at;
      // Endpoints that the client said to have after it had got the cluster are not waited for.
      if (last === 0 && at <= endpoints.openedAt) continue;
      check(last > at, `${name} was sent, and its endpoints were not sent after it`);
    }
  }

  /** What has a ttl has been heard of in time. */
  checkAlive(world: World, now: number): void {
    if (!this.ttl) return;
    for (const [type, { told, heardAt, nacked }] of this.#types) {
      for (const [name, { label }] of told) {
        if (hasTtl(label) && world[type].has(name) && !nacked) {
          check(now - heardAt.get(name)! < TTL_MS, `${type} ${name} has expired`);
        }
      }
    }
  }

  #checkType(type: Type, model: TypeModel, there: ReadonlyMap<string, string>): void {
    if (model.empty) return;
    for (const [name, label] of there) {
      if (!model.wants(name)) continue;
      const told = model.told.get(name)?.label;
      check(told === label, `${type} ${label} was not sent; what was is ${told}`);
    }
    if (this.variant === "delta" || this.#isFull(type)) {
      for (const name of model.told.keys()) {
        check(there.has(name) || this.#mayKeep(type), `that ${type} ${name} is gone was not sent`);
      }
      check(model.asked.size === 0, `${type} ${[...model.asked]} was not answered`);
    }
    check(!model.askedAll, `the wildcard of ${type} was not answered`);
    for (const [name, { label }] of model.told) {
      if (model.rejected.has(name)) continue;
      const held = model.held.get(name)?.label;
      check(held === label, `the client has ${type} ${held} instead of ${label}`);
    }
    for (const name of model.held.keys()) {
      check(model.wants(name), `the client has ${type} ${name}, which it does not want`);
      // In SotW a client is not told that something is gone, unless the type has full state.
      if (model.rejected.has(name) || (this.variant === "sotw" && !this.#isFull(type))) continue;
      check(model.told.has(name), `the client has ${type} ${name} still`);
    }
  }

  #judge(type: Type, error: string | undefined): void {
    const model = this.type(type);
    const { resources, removed, version } = model.outstanding!;
    model.outstanding = undefined;
    model.nacked = error !== undefined;
    if (error !== undefined) {
      for (const { name } of resources) model.rejected.add(name);
      for (const name of removed) model.rejected.add(name);
      if (this.#isFull(type)) { for (const name of model.held.keys()) model.rejected.add(name); }
      // What it was told goes on is not there any more, so it is to be sent.
      for (const { name, label } of resources) if (label === undefined) model.asked.add(name);
      return;
    }
    model.version = version;
    if (this.#isFull(type)) {
      model.held.clear();
      model.rejected.clear();
    }
    for (const { name, label, version } of resources) {
      if (label === undefined) continue;
      model.rejected.delete(name);
      if (model.wants(name)) model.held.set(name, { label, version });
    }
    for (const name of removed) {
      model.rejected.delete(name);
      model.held.delete(name);
    }
  }

  #sayAll(type: Type, model: TypeModel, { add = [], drop = [] }: Change): Partial<Said> {
    const before = new Set(model.names);
    for (const name of drop) model.names.delete(name);
    for (const name of add) model.names.add(name);
    const star = model.names.delete("*") || (this.#stars.has(model) && !drop.includes("*"));
    if (star) this.#stars.add(model);
    else this.#stars.delete(model);
    const names = [...star ? ["*"] : [], ...model.names];
    model.named ||= names.length > 0;
    const wildcard = star || (!model.named && LEGACY_WILDCARD.has(type));
    for (const name of model.names) if (!before.has(name)) model.asked.add(name);
    for (const name of before) if (!model.names.has(name)) model.asked.delete(name);
    if (wildcard !== model.wildcard) model.askedAll = wildcard;
    model.wildcard = wildcard;
    forget(model);
    return { names, versionInfo: model.version };
  }

  /** Those who have asked for everything by its name, in SotW. */
  readonly #stars = new WeakSet<TypeModel>();

  #sayChange(type: Type, model: TypeModel, { add = [], drop = [] }: Change, first: boolean): Partial<Said> {
    // Who drops and adds the wildcard in one request keeps it, and is answered.
    const all = add.includes("*");
    if (all) model.askedAll = model.wildcard = true;
    for (const name of drop) {
      if (name === "*" && all) continue;
      if (name === "*") {
        // Who asks for everything and takes it back may be answered all the same, of what it still wants.
        if (model.askedAll) { for (const known of model.told.keys()) model.returned.add(known); }
        model.askedAll = model.wildcard = false;
        for (const asked of model.asked) if (!model.names.has(asked)) model.asked.delete(asked);
      } else if (model.names.delete(name)) {
        if (model.wildcard) model.asked.add(name);
        else model.asked.delete(name);
      }
    }
    for (const name of add) {
      if (name === "*") continue;
      model.names.add(name);
      model.asked.add(name);
    }
    if (first && add.length === 0 && drop.length === 0 && LEGACY_WILDCARD.has(type)) {
      model.askedAll = model.wildcard = true;
    }
    forget(model);
    return { subscribe: add, unsubscribe: drop };
  }

  /** Who rejects what refers to something goes on with what it had, which may refer to what is gone. */
  #mayKeep(type: Type): boolean {
    return REFERRERS[type]?.some((referrer) => this.#types.get(referrer)?.nacked) ?? false;
  }

  #isFull(type: Type): boolean {
    return this.variant === "sotw" && FULL_STATE.has(type);
  }

  #checkContent(type: Type, { name, label }: SeenResource, world: World): void {
    const model = this.type(type);
    const there = world[type].get(name);
    if (label === undefined) {
      const told = model.told.get(name)?.label;
      check(this.ttl && told !== undefined && told === there, `${name} goes on as ${there}, and was sent as ${told}`);
    } else if (there !== undefined) {
      check(label === there, `${label} is sent, and ${there} is there`);
    } else if (this.#isFull(type)) {
      check(model.last.get(name) === label, `${label} is gone, and was not there before`);
    } else {
      const promised = this.variant === "sotw" && type === "EDS" &&
        this.type("CDS").outstanding?.resources.some((each) => each.name === name);
      check(promised === true, `${label} is gone, and no cluster that is not accepted yet waits for it`);
    }
  }

  #checkComplete(model: TypeModel, { type, resources }: Seen, world: World): void {
    const sent = new Set(resources.map(({ name }) => name));
    for (const name of world[type].keys()) {
      if (model.wants(name)) check(sent.has(name), `${name} is left out, which deletes it`);
    }
  }

  /** @returns whether there is nothing new in it, and it says that something lives on */
  #checkReasons(
    model: TypeModel,
    { type, resources, removed }: Seen,
    { world, now }: { readonly world: World; readonly now: number },
  ): boolean {
    const beatIsDue = this.ttl && model.lastBeat !== undefined && now - model.lastBeat >= TTL_MS / 3;
    const isNew = ({ name, label }: SeenResource) =>
      label !== undefined &&
      (model.told.get(name)?.label !== label || this.#isAskedFor(type, model, name) || model.rejected.has(name));
    if (model.moved) return false;
    if (this.#isFull(type)) {
      const gone = [...model.told.keys()].some((name) => !resources.some((each) => each.name === name));
      if (gone || model.askedAll || model.asked.size > 0 || resources.some(isNew)) return false;
      check(beatIsDue && resources.some(({ label }) => hasTtl(label!)), "the same is sent again");
      return true;
    }
    check(resources.length > 0 || removed.length > 0 || model.askedAll, "an empty response");
    for (const name of removed) {
      const isKnown = model.told.has(name) || model.gone.has(name) || model.rejected.has(name) ||
        this.#isAskedFor(type, model, name);
      check(isKnown, `that ${name} is gone was known`);
    }
    this.#checkRejected(model, { type, resources, removed }, world);
    const old = resources.filter((each) => !isNew(each) && !(model.askedAll && model.wildcard));
    for (const { name, label } of old) {
      const told = label ?? model.told.get(name)!.label;
      check(beatIsDue && hasTtl(told), `${type} ${name} is sent again`);
    }
    return old.length > 0;
  }

  /** A change comes with all that the client has rejected beside other resources, as it is now. */
  #checkRejected(
    model: TypeModel,
    { type, resources, removed }: Pick<Seen, "type" | "resources" | "removed">,
    world: World,
  ): void {
    const isChange = resources.some(({ name, label }) =>
      label !== undefined && model.told.get(name)?.label !== label && !this.#isAskedFor(type, model, name)
    );
    if (!isChange) return;
    for (const name of model.rejected) {
      if (!model.wants(name)) continue;
      if (world[type].has(name)) {
        check(resources.some((each) => each.name === name), `${name} was rejected, and is left out`);
      } else if (this.variant === "delta" && REFERRERS[type] === undefined) {
        check(removed.includes(name), `the removal of ${name} was rejected, and is left out`);
      }
    }
  }

  #isAskedFor(type: Type, model: TypeModel, name: string): boolean {
    if (model.asked.has(name) || model.returned.has(name)) return true;
    if ((model.churn.get(name) ?? 0) > FORGETFUL_AFTER) return true;
    const clusterAt = type === "EDS" && model.names.has(name) ? this.type("CDS").perhapsNewsAt.get(name) : undefined;
    return clusterAt !== undefined && clusterAt > (model.told.get(name)?.at ?? -1);
  }

  #checkOrder(model: TypeModel, seen: Seen, world: World): void {
    if (seen.type === "CDS") this.#checkRemovals(model, seen, world);
    if (seen.type !== "RDS" && seen.type !== "LDS") return;
    // What is asked for is answered.
    if (model.asked.size > 0 || model.askedAll || model.moved) return;
    for (const { name, label } of seen.resources) {
      const target = label && referenceIn(label);
      if (label === model.told.get(name)?.label || !target?.startsWith("c")) continue;
      this.#checkUsable(target, label!, world);
    }
  }

  /** Whether the client has the cluster, with its endpoints. */
  #checkUsable(name: string, by: string, world: World): void {
    const [clusters, endpoints] = [this.type("CDS"), this.type("EDS")];
    if (clusters.requests === 0 || !clusters.wants(name) || !world.CDS.has(name)) return;
    const where = `${by} is sent before ${name}`;
    check(clusters.told.get(name)?.label === world.CDS.get(name), `${where} is sent as it is now`);
    check(clusters.outstanding === undefined, `${where} is accepted`);
    if (clusters.rejected.size > 0 || !endpoints.names.has(name) || !world.EDS.has(name)) return;
    check(endpoints.outstanding === undefined, `${where}'s endpoints are accepted`);
    const { label, at } = endpoints.told.get(name) ?? { label: "nothing", at: -1 };
    check(label === world.EDS.get(name), `${where}'s endpoints are sent, which are ${label}`);
    check(at > (clusters.newsAt.get(name) ?? -1), `${where} has its endpoints again`);
  }

  /** Nothing that the client works with refers to what is gone. */
  #checkRemovals(model: TypeModel, { resources, removed }: Seen, world: World): void {
    if (model.moved) return;
    const gone = this.variant === "delta"
      ? removed.filter((name) => !model.asked.has(name))
      : [...model.told.keys()].filter((name) => !resources.some((each) => each.name === name));
    for (const type of ["RDS", "LDS"] as const) {
      const referrer = this.type(type);
      for (const [name, { label }] of referrer.held) {
        const target = referenceIn(label);
        if (target === undefined || !gone.includes(target) || !referrer.told.has(name)) continue;
        // In SotW a client is not told that a route is gone; and one that was rejected once is not remembered after
        // the next response of its type was accepted.
        if (!world[type].has(name) && !this.#isFull(type) && this.variant === "sotw") continue;
        if (referrer.rejected.has(name) && !referrer.nacked) continue;
        check(world[type].get(name) === label, `${target} is removed, and ${label} refers to it`);
      }
    }
  }

  #note(model: TypeModel, seen: Seen, now: number): void {
    const { type, nonce, resources, removed } = seen;
    const at = ++this.#seq;
    const full = this.#isFull(type);
    const before = new Map(model.told);
    if (full) {
      model.told.clear();
      model.last.clear();
      for (const { name, label } of resources) model.last.set(name, label!);
    }
    for (const { name, label = before.get(name)!.label } of resources) {
      const isNews = model.askedAll || model.asked.has(name) || before.get(name)?.label !== label;
      if (isNews) model.newsAt.set(name, at);
      if (isNews || model.moved || model.returned.has(name) || model.rejected.has(name)) {
        model.perhapsNewsAt.set(name, at);
      }
      model.told.set(name, { label, at });
      model.heardAt.set(name, now);
      if (hasTtl(label)) model.lastBeat ??= now;
    }
    for (const name of removed) model.told.delete(name);
    for (const name of full ? [...model.asked] : [...resources.map(({ name }) => name), ...removed]) {
      model.asked.delete(name);
    }
    model.askedAll = false;
    model.moved = false;
    model.churn.clear();
    model.returned.clear();
    model.nonces.push(nonce);
    model.outstanding = seen;
  }
}

/** The client throws away what it does not want any more. */
function forget(model: TypeModel): void {
  // The server need not know.
  for (const name of model.told.keys()) if (!model.wants(name)) model.gone.add(name);
  for (const map of [model.held, model.told, model.asked, model.rejected]) {
    for (const name of map.keys()) if (!model.wants(name)) map.delete(name);
  }
}

function check(condition: boolean, complaint: string): asserts condition {
  if (!condition) throw new Error(complaint);
}
