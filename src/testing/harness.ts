import { create } from "@bufbuild/protobuf";
import { type Node, NodeSchema } from "../../gen/envoy/config/core/v3/base_pb.ts";
import type { Cache } from "../cache/mod.ts";
import { contentHash, type Resource } from "../resource/mod.ts";
import type { Variant } from "../stream/mod.ts";
import type { CacheUnderTest, TestType } from "./cache-under-test.ts";
import { check, ContractViolation } from "./contract-violation.ts";
import { FakeClient } from "./fake-client.ts";
import { RecordingWatcher } from "./recording-watcher.ts";

/** What a test of the kit works with: one cache, what was published to it, its watchers and its clients. */
export class CacheHarness {
  readonly types: readonly TestType[];
  readonly #under: CacheUnderTest;
  readonly #timeoutMs: number;
  /** The resources published last, by node, and by type and name. */
  readonly #published = new Map<Node, Map<string, Resource>>();
  /** Resources as the tests write them, `name=content`, by type, name and bytes. */
  readonly #labels = new Map<string, string>();
  readonly #watchers: RecordingWatcher[] = [];
  readonly #clients: FakeClient[] = [];
  /** Checks the condition of `until` again; undefined while no test waits. */
  #waiting: (() => void) | undefined = undefined;

  constructor(under: CacheUnderTest, types: readonly TestType[], timeoutMs: number) {
    this.#under = under;
    this.types = types;
    this.#timeoutMs = timeoutMs;
  }

  get cache(): Cache {
    return this.#under.cache;
  }

  /** Makes a resource of the text `name=content`. @param type - the index of its type */
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

  /** Publishes a change of one type: updates as `name=content`, removals as `name`. */
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
    let published = this.#published.get(node);
    if (published === undefined) this.#published.set(node, published = new Map());
    for (const resource of update) published.set(keyOf(resource), resource);
    for (const resource of remove) published.delete(keyOf(resource));
    await this.#under.publish({ node, resources: [...published.values()], update, remove });
  }

  /** The resources of the first type that were published last, as `name=content`. */
  get published(): string[] {
    const { typeUrl } = this.types[0]!;
    return this.read([...this.#published.get(NODE)?.values() ?? []].filter((resource) => resource.typeUrl === typeUrl));
  }

  /** Opens a watch of names and collections, or of the wildcard. */
  watch(
    { collections = [], names, type = this.types[0]!.typeUrl, node = NODE }: {
      readonly collections?: readonly string[];
      /** Default: the wildcard, or no names if collections are given. */
      readonly names?: readonly string[];
      readonly type?: string;
      readonly node?: Node;
    } = {},
  ): RecordingWatcher {
    const context = { read: this.read, onCall: () => this.#changed() };
    const only = collections.length > 0 ? names ?? [] : names;
    const watcher = new RecordingWatcher(this.cache, { node, type, names: only, collections }, context);
    this.#watchers.push(watcher);
    return watcher;
  }

  /** Connects a client of the first type. */
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

  /** Waits until the watcher was called last with this content. */
  async sees(watcher: RecordingWatcher, content: readonly string[]): Promise<void> {
    await this.#awaits(content, () => watcher.calls.at(-1));
  }

  /** Waits until the view of the watcher has this content, with or without a call. */
  async finds(watcher: RecordingWatcher, content: readonly string[]): Promise<void> {
    await this.#awaits(content, () => watcher.content);
  }

  /**
   * Waits until the condition holds. It is checked again after each call of a watcher or client.
   *
   * @param rule - what the cache should do, in the infinitive
   * @throws ContractViolation after the timeout
   */
  async until(condition: () => boolean, rule: string | (() => string)): Promise<void> {
    if (condition()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      reject(
        new ContractViolation(
          `The cache does not ${typeof rule === "string" ? rule : rule()} (after ${this.#timeoutMs} ms)`,
        ),
      );
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

  /** Waits for one turn of the event loop, in which caches may call their watchers. */
  async turn(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
  }

  /** Closes everything. @throws ContractViolation if a watcher was called after its watch had been closed */
  async close(): Promise<void> {
    for (const watcher of this.#watchers) watcher.close();
    for (const client of this.#clients) client.close();
    await this.#under.close?.();
    await this.turn();
    check(
      !this.#watchers.some((watcher) => watcher.calledAfterClose),
      "A watcher is not called after its watch was closed",
    );
  }

  async #awaits(content: readonly string[], found: () => string[] | undefined): Promise<void> {
    const expected = [...content].sort();
    await this.until(
      () => found()?.join() === expected.join(),
      () => `show a watcher ${JSON.stringify(expected)}; it has found ${JSON.stringify(found() ?? "no view")}`,
    );
  }

  #get(node: Node, name: string): Resource {
    return this.#published.get(node)!.get(keyOf({ typeUrl: this.types[0]!.typeUrl, name }))!;
  }

  #changed(): void {
    // In a microtask: a condition may take part in the protocol of a client, and a watcher has to return at once.
    if (this.#waiting) queueMicrotask(() => this.#waiting?.());
  }
}

/** The node that tests publish to by default. */
export const NODE: Node = create(NodeSchema, { id: "one", cluster: "one" });
/** A node that gets other resources. */
export const OTHER_NODE: Node = create(NodeSchema, { id: "two", cluster: "two" });

function keyOf({ typeUrl, name }: { readonly typeUrl: string; readonly name: string }): string {
  return `${typeUrl} ${name}`;
}

function identify({ typeUrl, name, bytes }: Resource): string {
  return `${typeUrl} ${name} ${contentHash(bytes)}`;
}
