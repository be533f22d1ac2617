import { create } from "@bufbuild/protobuf";
import { type Node, NodeSchema } from "../../gen/envoy/config/core/v3/base_pb.ts";
import type { Cache } from "../cache/mod.ts";
import { contentHash, type Resource } from "../resource/mod.ts";
import type { Variant } from "../stream/mod.ts";
import type { CacheUnderTest, TestType } from "./cache-under-test.ts";
import { FakeClient } from "./fake-client.ts";
import { check, Fault } from "./contract-violation.ts";
import { Probe } from "./recording-watcher.ts";

/** What a test works with: one cache, what was published to it, and those who watch it. */
export class Bench {
  readonly types: readonly TestType[];
  readonly #under: CacheUnderTest;
  readonly #timeoutMs: number;
  /** All that there is, by node and by type and name. */
  readonly #world = new Map<Node, Map<string, Resource>>();
  readonly #labels = new Map<string, string>();
  readonly #probes: Probe[] = [];
  readonly #clients: FakeClient[] = [];
  #waiting: (() => void) | undefined = undefined;

  constructor(under: CacheUnderTest, types: readonly TestType[], timeoutMs: number) {
    this.#under = under;
    this.types = types;
    this.#timeoutMs = timeoutMs;
  }

  get cache(): Cache {
    return this.#under.cache;
  }

  /** Makes a resource, written `name=content`. */
  resource(text: string, type = 0): Resource {
    const [name, content] = text.split("=");
    const { typeUrl, make } = this.types[type]!;
    const resource = make(name!, Number(content));
    if (resource.typeUrl !== typeUrl || resource.name !== name) {
      throw new TypeError(`Cannot test: make("${name}") made a "${resource.name}" of ${resource.typeUrl}`);
    }
    this.#labels.set(identify(resource), text);
    return resource;
  }

  /** Publishes a change, written `name=content` and `name`. */
  async publish(
    { type = 0, node = NODE, ...change }: {
      readonly update?: readonly string[];
      readonly remove?: readonly string[];
      readonly type?: number;
      readonly node?: Node;
    },
  ): Promise<void> {
    const update = (change.update ?? []).map((text) => this.resource(text, type));
    await this.publishResources({ node, update, remove: (change.remove ?? []).map((name) => this.#get(node, name)) });
  }

  /** Publishes a change of several types. */
  async publishResources(
    { node = NODE, update, remove = [] }: {
      readonly node?: Node;
      readonly update: readonly Resource[];
      readonly remove?: readonly Resource[];
    },
  ): Promise<void> {
    let world = this.#world.get(node);
    if (world === undefined) this.#world.set(node, world = new Map());
    for (const resource of update) world.set(keyOf(resource), resource);
    for (const resource of remove) world.delete(keyOf(resource));
    await this.#under.publish({ node, resources: [...world.values()], update, remove });
  }

  /** What was published of the first type, as `name=content`. */
  get world(): string[] {
    const { typeUrl } = this.types[0]!;
    return this.read([...this.#world.get(NODE)?.values() ?? []].filter((resource) => resource.typeUrl === typeUrl));
  }

  /** Watches names and collections, or everything. */
  watch(
    { collections = [], names, type = this.types[0]!.typeUrl, node = NODE }: {
      readonly collections?: readonly string[];
      /** Default: everything, or none if there are collections. */
      readonly names?: readonly string[];
      readonly type?: string;
      readonly node?: Node;
    } = {},
  ): Probe {
    const context = { read: this.read, onCall: () => this.#changed() };
    const only = collections.length > 0 ? names ?? [] : names;
    const probe = new Probe(this.cache, { node, type, names: only, collections }, context);
    this.#probes.push(probe);
    return probe;
  }

  /** A client of the first type. */
  client(variant: Variant, { fullState }: { readonly fullState: boolean }): FakeClient {
    const { typeUrl } = this.types[0]!;
    const client = new FakeClient({
      cache: this.cache,
      api: { name: "test", node: NodeSchema, types: [{ typeUrl, label: "test", fullState }], services: [] },
      variant,
      node: NODE,
      onWake: () => this.#changed(),
    });
    this.#clients.push(client);
    return client;
  }

  /** Resources as `name=content`, in the order of their names. */
  readonly read = (resources: Iterable<Resource>): string[] => {
    return [...resources].map((resource) => this.#labels.get(identify(resource)) ?? `${resource.name}=unknown`).sort();
  };

  /** Waits until the watcher is called and finds this. */
  async sees(probe: Probe, content: readonly string[]): Promise<void> {
    await this.#awaits(content, () => probe.calls.at(-1));
  }

  /** Waits until the watcher can find this, which needs no call where it was there already. */
  async finds(probe: Probe, content: readonly string[]): Promise<void> {
    await this.#awaits(content, () => probe.content);
  }

  /** Waits until the condition holds; it is looked at again each time that somebody is called. */
  async until(condition: () => boolean, rule: string | (() => string)): Promise<void> {
    if (condition()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      reject(new Fault(`the cache does not ${typeof rule === "string" ? rule : rule()} (after ${this.#timeoutMs} ms)`));
    }, this.#timeoutMs);
    this.#waiting = () => {
      try {
        if (condition()) resolve();
      } catch (error) {
        reject(error);
      }
    };
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  /** Gives a cache that tells its watchers later the time to do so. */
  async turn(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
  }

  /** Closes everything. @throws Fault if a watcher was called after its watch had been closed */
  async close(): Promise<void> {
    for (const probe of this.#probes) probe.close();
    for (const client of this.#clients) client.close();
    await this.#under.close?.();
    await this.turn();
    check(!this.#probes.some((probe) => probe.calledAfterClose), "a watcher was called after its watch was closed");
  }

  async #awaits(content: readonly string[], found: () => string[] | undefined): Promise<void> {
    const expected = [...content].sort();
    await this.until(
      () => found()?.join() === expected.join(),
      () => `tell a watcher of ${JSON.stringify(expected)}; it was told of ${JSON.stringify(found() ?? "nothing")}`,
    );
  }

  #get(node: Node, name: string): Resource {
    return this.#world.get(node)!.get(keyOf({ typeUrl: this.types[0]!.typeUrl, name }))!;
  }

  #changed(): void {
    // Later, for what looks at a client takes part in the protocol, and a watcher returns at once.
    if (this.#waiting) queueMicrotask(() => this.#waiting?.());
  }
}

/** The client that all is published for unless said otherwise. */
export const NODE: Node = create(NodeSchema, { id: "one", cluster: "one" });
/** Another client. */
export const OTHER_NODE: Node = create(NodeSchema, { id: "two", cluster: "two" });

function keyOf({ typeUrl, name }: { readonly typeUrl: string; readonly name: string }): string {
  return `${typeUrl} ${name}`;
}

function identify({ typeUrl, name, bytes }: Resource): string {
  return `${typeUrl} ${name} ${contentHash(bytes)}`;
}
