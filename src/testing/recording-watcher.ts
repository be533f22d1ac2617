import type { Node } from "../../gen/envoy/config/core/v3/base_pb.ts";
import type { Cache, View, Watch } from "../cache/mod.ts";
import { collectionOf, type Resource } from "../resource/mod.ts";
import { check } from "./contract-violation.ts";

/** What is watched. */
export interface WatcherRequest {
  readonly node: Node;
  readonly type: string;
  /** Undefined for the wildcard. */
  readonly names: readonly string[] | undefined;
  readonly collections: readonly string[];
}

/** The part of the harness that a watcher uses. */
export interface WatcherContext {
  /** The resources as `name=content`, sorted. */
  readonly read: (view: Iterable<Resource>) => string[];
  /** Called at the end of each call of the watcher. */
  readonly onCall: () => void;
}

/** A watcher that records each of its calls. */
export class RecordingWatcher {
  readonly subscription = { wildcard: false, names: new Set<string>(), collections: new Set<string>() };
  /** The view that it was called with last. */
  view: View | undefined = undefined;
  /** The content of its subscription at each call. */
  readonly calls: string[][] = [];
  /** Run within each call, for tests of re-entrant calls, as a stream may make them. */
  inside: () => void = () => {};
  /** Whether it was called after its watch had been closed. */
  calledAfterClose = false;
  readonly #context: WatcherContext;
  #watch: Watch | undefined = undefined;
  #closed = false;

  constructor(cache: Cache, { node, type, names, collections }: WatcherRequest, context: WatcherContext) {
    this.#context = context;
    this.subscription.wildcard = names === undefined;
    for (const name of names ?? []) this.subscription.names.add(name);
    for (const collection of collections) this.subscription.collections.add(collection);
    const watch = cache.watch({ node, type, subscription: this.subscription }, (view) => this.#called(view));
    this.#watch = watch;
    // A call within `watch` may have closed it.
    if (this.#closed) watch.close();
  }

  /** The present content of its subscription; undefined before the first call. */
  get content(): string[] | undefined {
    return this.view && this.#contentOf(this.view);
  }

  subscribe(...names: string[]): void {
    for (const name of names) this.subscription.names.add(name);
    this.#watch?.subscriptionChanged({ added: names, removed: [] });
  }

  unsubscribe(...names: string[]): void {
    for (const name of names) this.subscription.names.delete(name);
    this.#watch?.subscriptionChanged({ added: [], removed: names });
  }

  addCollection(name: string): void {
    this.subscription.collections.add(name);
    this.#watch?.subscriptionChanged({ added: [], removed: [], addedCollections: [name] });
  }

  dropCollection(name: string): void {
    this.subscription.collections.delete(name);
    this.#watch?.subscriptionChanged({ added: [], removed: [], removedCollections: [name] });
  }

  set wildcard(wildcard: boolean) {
    this.subscription.wildcard = wildcard;
    this.#watch?.subscriptionChanged({ added: [], removed: [] });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch?.close();
  }

  /** Drops all calls but the last one, as the first one that `checkNoIdleCalls` compares with. */
  mark(): void {
    this.calls.splice(0, this.calls.length - 1);
  }

  /** @throws ContractViolation if a call found the same content as the one before */
  checkNoIdleCalls(): void {
    for (const [i, call] of this.calls.entries()) {
      const before = this.calls[i - 1];
      check(
        before === undefined || call.join() !== before.join(),
        `A watcher is called for changes only: one of ${this.#describe()} found ${JSON.stringify(call)} again`,
      );
    }
  }

  #called(view: View): void {
    if (this.#closed) {
      this.calledAfterClose = true;
      return;
    }
    this.view = view;
    this.calls.push(this.#contentOf(view));
    this.inside();
    this.#context.onCall();
  }

  #contentOf(view: View): string[] {
    const { wildcard, names, collections } = this.subscription;
    if (wildcard) return this.#context.read(view);
    const isMember = ({ name }: Resource) => collections.has(collectionOf(name) ?? "");
    const members = collections.size > 0 ? [...view].filter(isMember) : [];
    return this.#context.read(new Set([...[...names].flatMap((name) => view.get(name) ?? []), ...members]));
  }

  #describe(): string {
    const { wildcard, names, collections } = this.subscription;
    return wildcard ? "the wildcard" : [...names, ...collections].join(", ");
  }
}
