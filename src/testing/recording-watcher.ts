import type { Node } from "../../gen/envoy/config/core/v3/base_pb.ts";
import type { Cache, View, Watch } from "../cache/mod.ts";
import { collectionOf, type Resource } from "../resource/mod.ts";
import { check } from "./contract-violation.ts";

/** What a probe asks for. */
export interface ProbeRequest {
  readonly node: Node;
  readonly type: string;
  /** Undefined: everything. */
  readonly names: readonly string[] | undefined;
  readonly collections: readonly string[];
}

/** What a probe needs of the test that it is part of. */
export interface ProbeContext {
  /** The resources of a view, in a form to compare and to read. */
  readonly read: (view: Iterable<Resource>) => string[];
  /** Called after each call of the watcher. */
  readonly onCall: () => void;
}

/** A watch that notes down what it is told. */
export class Probe {
  readonly subscription = { wildcard: false, names: new Set<string>(), collections: new Set<string>() };
  /** The last view that it was given. */
  view: View | undefined = undefined;
  /** What there was of what it wants, at each call. */
  readonly calls: string[][] = [];
  /** Called within each call, to do there what a stream may do. */
  inside: () => void = () => {};
  /** It was called although it had been closed. */
  calledAfterClose = false;
  readonly #context: ProbeContext;
  #watch: Watch | undefined = undefined;
  #closed = false;

  constructor(cache: Cache, { node, type, names, collections }: ProbeRequest, context: ProbeContext) {
    this.#context = context;
    this.subscription.wildcard = names === undefined;
    for (const name of names ?? []) this.subscription.names.add(name);
    for (const collection of collections) this.subscription.collections.add(collection);
    const watch = cache.watch({ node, type, subscription: this.subscription }, (view) => this.#called(view));
    this.#watch = watch;
    // A call within `watch` may have closed it.
    if (this.#closed) watch.close();
  }

  /** What there is now of what it wants; undefined as long as it was not called. */
  get content(): string[] | undefined {
    return this.view && this.#wanted(this.view);
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

  /** Forgets all calls but the last one, so that what is counted begins here. */
  mark(): void {
    this.calls.splice(0, this.calls.length - 1);
  }

  /** Each call brought something new of what it wants. */
  checkNoIdleCalls(): void {
    for (const [i, call] of this.calls.entries()) {
      const before = this.calls[i - 1];
      check(
        before === undefined || call.join() !== before.join(),
        `woke a watcher that finds nothing new: it wants ${this.#describe()}, and finds ${JSON.stringify(call)} again`,
      );
    }
  }

  #called(view: View): void {
    if (this.#closed) {
      this.calledAfterClose = true;
      return;
    }
    this.view = view;
    this.calls.push(this.#wanted(view));
    this.inside();
    this.#context.onCall();
  }

  #wanted(view: View): string[] {
    const { wildcard, names, collections } = this.subscription;
    if (wildcard) return this.#context.read(view);
    const isMember = ({ name }: Resource) => collections.has(collectionOf(name) ?? "");
    const members = collections.size > 0 ? [...view].filter(isMember) : [];
    return this.#context.read(new Set([...[...names].flatMap((name) => view.get(name) ?? []), ...members]));
  }

  #describe(): string {
    const { wildcard, names, collections } = this.subscription;
    return wildcard ? "everything" : [...names, ...collections].join(", ");
  }
}
