import { ResponseFactory, type Variant } from "../../src/stream/mod.ts";
import type { Cache } from "../../mod.ts";
import type { Type } from "../protocol/transcript.ts";
import { type Backend, BACKENDS, type Group, GROUPS } from "./backends.ts";
import { type Change, ClientModel } from "./client-model.ts";
import { type Received, type Request, WireClient } from "./wire-client.ts";
import { CONTENTS, type Plan, SLOTS, type World, worldOf } from "./world.ts";

/** How a run begins. */
export interface Setup {
  /** One of `BACKENDS`. */
  readonly backend: string;
  readonly clients: readonly { readonly variant: Variant; readonly ttl: boolean }[];
  /** Each client has a double on another stream, which shares its responses with no other. */
  readonly doubles: boolean;
}

/** Longer than all the short waits of a run together. */
export const HOLD_BACK_MS = 1_000_000;
const HEARTBEAT_MS = 100;
/** More responses than any client needs. */
const TOO_MANY = 100;

/** A server with two replicas, its clients, and the model of each. */
export class Session {
  readonly clients: Client[];
  readonly #backends: readonly [Backend, Backend];
  readonly #caches: readonly CountingCache[];
  readonly #responses = new ResponseFactory({ identifier: "test" });
  /** The content of each version. */
  readonly #versions = new Map<string, string>();
  readonly #trace: string[] = [];
  plan: Plan = SLOTS.map(() => 0);
  published = false;
  #now = 0;

  constructor({ backend, clients, doubles }: Setup) {
    this.#backends = [BACKENDS[backend]!(), BACKENDS[backend]!()];
    this.#caches = this.#backends.map(({ cache }) => new CountingCache(cache));
    this.clients = clients.map((identity, i) => ({
      name: `${i} ${identity.variant}${identity.ttl ? " ttl" : ""}`,
      model: new ClientModel(identity),
      group: "g1",
      replica: 0,
      wire: this.#connect(identity, 0),
      double: doubles ? this.#connect(identity, 0, new ResponseFactory({ identifier: "test" })) : undefined,
      nonces: new Map(),
    }));
  }

  /** The world of a client's group. */
  world(client: Client): World {
    return this.#worlds()[client.group];
  }

  /** Whether clients may move between groups. */
  get hasGroups(): boolean {
    return this.#backends[0].groups;
  }

  async publish(plan: Plan): Promise<void> {
    const before = this.#worlds();
    this.plan = plan;
    this.published = true;
    const after = this.#worlds();
    for (const { model, group } of this.clients) model.published(before[group], after[group]);
    this.#log(`publish ${show(after.g1)}`);
    for (const backend of this.#backends) backend.publish(after);
    await this.#turn();
  }

  async clear(): Promise<void> {
    this.#log("clear");
    this.published = false;
    // A type without a view blocks no other.
    for (const { model } of this.clients) model.isOverdue = true;
    for (const backend of this.#backends) backend.publish(undefined);
    await this.#turn();
  }

  /** Sends a request. */
  async request(client: Client, type: Type, change: Change): Promise<void> {
    this.#send(client, client.model.request(type, change));
    await this.#turn();
  }

  /** Takes all responses, without an ACK. @returns their number */
  take(client: Client): number {
    for (let count = 0;; count++) {
      const received = client.wire.next(this.#now);
      const double = client.double?.next(this.#now);
      if (client.double !== undefined && content(received) !== content(double)) {
        throw new Error(
          `alone, client ${client.name} would be sent ${content(double)} instead of ${content(received)}`,
        );
      }
      if (received === undefined) return count;
      if (double !== undefined) client.nonces.set(received.nonce, double.nonce);
      this.#log(`client ${client.name} ← ${content(received)}`);
      this.#checkVersion(client, received);
      client.model.receive(received, this.world(client), this.#now);
      if (count > TOO_MANY) throw new Error("responses without an end");
    }
  }

  wait(ms: number): void {
    this.#log(`wait ${ms}`);
    this.#now += ms;
    if (ms < HOLD_BACK_MS) return;
    for (const { model } of this.clients) model.isOverdue = true;
  }

  async move(client: Client): Promise<void> {
    if (!this.hasGroups || client.model.types.length === 0) return;
    const type = client.model.types[0]!;
    client.group = GROUPS.find((group) => group !== client.group)!;
    client.model.move();
    await this.request(client, type, {});
  }

  async reconnect(client: Client, replica: number): Promise<void> {
    this.#log(`client ${client.name} connects to replica ${replica}`);
    client.replica = replica;
    client.wire.close();
    client.wire = this.#connect(client.model, replica);
    client.double?.close();
    client.double &&= this.#connect(client.model, replica, new ResponseFactory({ identifier: "test" }));
    client.nonces.clear();
    client.model.isOverdue = true;
    for (const request of client.model.reconnect()) {
      this.#send(client, request);
      await this.#turn();
    }
  }

  /** The client takes and ACKs all responses, until the server waits for none. */
  async settle(client: Client): Promise<void> {
    for (let round = 0; round < 5; round++) {
      for (let count = 0; await this.#ackAll(client) > 0; count++) {
        if (count > TOO_MANY) throw new Error("responses without an end");
      }
      if (round < 4) this.wait(HOLD_BACK_MS);
    }
    if (!this.published) return;
    client.model.isOverdue = false;
    client.model.checkSettled(this.world(client));
  }

  /** Ends the session: every client has what it subscribes to, and no watch is left open. */
  async finish(): Promise<void> {
    if (!this.published) await this.publish(this.plan);
    for (const client of this.clients) await this.settle(client);
    // Rejected resources are replaced.
    await this.publish(this.plan.map((content) => content && content % CONTENTS + 1));
    for (const client of this.clients) await this.settle(client);
    for (const client of this.clients) {
      for (let i = 0; i < 5; i++) {
        this.wait(HEARTBEAT_MS);
        while (await this.#ackAll(client) > 0);
        if (i > 0) client.model.checkTtls(this.world(client), this.#now);
      }
    }
    for (const { wire, double } of this.clients) {
      wire.close();
      double?.close();
    }
    await this.#turn();
    for (const { open } of this.#caches) if (open !== 0) throw new Error(`${open} watches are left open`);
  }

  /** Adds the steps of the session to an error. */
  explain(error: unknown): Error {
    const message = error instanceof Error ? error.message : String(error);
    return new Error(`${message}\n\n${this.#trace.join("\n")}\n`, { cause: error });
  }

  async #ackAll(client: Client): Promise<number> {
    const count = this.take(client);
    for (const { type, nonce } of client.model.inFlight) await this.request(client, type, { nonce });
    return count;
  }

  #send(client: Client, request: Request): void {
    const { nonce, ...rest } = request;
    const which = client.model.type(request.type).nonces.indexOf(nonce);
    this.#log(
      `client ${client.name} → ${JSON.stringify({ ...rest, ...nonce && { nonce: which >= 0 ? which : "foreign" } })}`,
    );
    client.wire.send(request, client.group);
    client.double?.send({ ...request, nonce: client.nonces.get(nonce) ?? nonce }, client.group);
  }

  #connect(
    { variant, ttl }: Pick<ClientModel, "variant" | "ttl">,
    replica: number,
    responses = this.#responses,
  ): WireClient {
    return new WireClient({ variant, ttl, responses, cache: this.#caches[replica]!, holdBackMs: HOLD_BACK_MS });
  }

  /** Different contents have different versions. */
  #checkVersion(client: Client, { type, version }: Received): void {
    const labels = [...this.world(client)[type].values()].sort().join();
    const key = `${type} ${version}`;
    const known = this.#versions.get(key);
    if (known !== undefined && known !== labels) throw new Error(`${key} is ${labels}, and was ${known}`);
    this.#versions.set(key, labels);
  }

  #worlds(): Readonly<Record<Group, World>> {
    // The other group has other contents.
    const other = this.plan.map((content) => content && (content + 2) % CONTENTS + 1);
    return { g1: worldOf(this.plan), g2: worldOf(this.hasGroups ? other : this.plan) };
  }

  #log(line: string): void {
    this.#trace.push(line);
  }

  async #turn(): Promise<void> {
    if (this.#backends[0].async) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A client and its connection. */
export interface Client {
  readonly name: string;
  readonly model: ClientModel;
  group: Group;
  replica: number;
  wire: WireClient;
  double: WireClient | undefined;
  /** The nonces of the double, by those of the client. */
  readonly nonces: Map<string, string>;
}

/** Counts open watches. */
class CountingCache implements Cache {
  open = 0;
  readonly #cache: Cache;

  constructor(cache: Cache) {
    this.#cache = cache;
  }

  watch(...[request, watcher]: Parameters<Cache["watch"]>): ReturnType<Cache["watch"]> {
    const watch = this.#cache.watch(request, watcher);
    this.open++;
    return {
      subscriptionChanged: (change) => watch.subscriptionChanged(change),
      close: () => {
        this.open--;
        watch.close();
      },
    };
  }
}

function content(received: Received | undefined): string {
  if (received === undefined) return "no response";
  const { type, resources, removed } = received;
  const texts = resources.map(({ name, label }) => label ?? `${name} heartbeat`);
  return `${type} [${texts}]${removed.length > 0 ? ` removed [${removed}]` : ""}`;
}

function show(world: World): string {
  return Object.entries(world).map(([type, labels]) => `${type} [${[...labels.values()]}]`).join(" ");
}
