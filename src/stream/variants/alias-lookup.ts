import { AliasIndex, type View } from "../../cache/mod.ts";
import { type Aliasing, collectionOf } from "../../resource/mod.ts";
import type { TypeState } from "./variant.ts";

/**
 * The aliases of a client as a view has them, beside those that the client was last sent. It changes nothing: the
 * difference carries `changes` until it is committed.
 */
export class AliasLookup {
  /** The targets that changed, by alias. */
  readonly changes = new Map<string, string | undefined>();
  /** The names that have to be sent: those requested, and aliases with another target than before. */
  readonly requested: ReadonlySet<string>;
  readonly #state: TypeState;
  /** By how much the number of aliases of a resource changed. */
  readonly #gained = new Map<string, number>();
  #byCollection: ReadonlyMap<string | undefined, readonly string[]> | undefined = undefined;

  constructor(view: View, aliasing: Aliasing, state: TypeState) {
    this.#state = state;
    this.requested = this.#lookUp(AliasIndex.of(view, aliasing));
  }

  /** The name of the target of an alias; undefined if it has none. */
  get(alias: string): string | undefined {
    return this.changes.has(alias) ? this.changes.get(alias) : this.#state.client.aliases.get(alias);
  }

  /** Whether a resource is the target of any alias. */
  serves(resource: string): boolean {
    return this.#state.client.aliases.of(resource).size + (this.#gained.get(resource) ?? 0) > 0;
  }

  /** The resources that are the target of no alias any longer. */
  *left(): Iterable<string> {
    for (const resource of this.#gained.keys()) if (!this.serves(resource)) yield resource;
  }

  /** The subscribed aliases in a collection. */
  in(collection: string): readonly string[] {
    this.#byCollection ??= Map.groupBy(this.#state.subscription.names, collectionOf);
    return this.#byCollection.get(collection) ?? [];
  }

  /** Looks up the aliases that are requested, and those whose target may have changed since the client's position. */
  #lookUp(index: AliasIndex): ReadonlySet<string> {
    const { subscription: { names, collections }, client: { pending, position } } = this.#state;
    for (const name of pending.names) if (names.has(name)) this.#set(name, index.find(name)?.name);
    if (position === undefined) return pending.names;
    const changed = new Set([...collections].filter((each) => index.changedSince(each, position)));
    if (changed.size === 0) return pending.names;
    const requested = new Set(pending.names);
    for (const name of names) {
      if (!changed.has(collectionOf(name) ?? "")) continue;
      const target = index.find(name)?.name;
      if (this.#set(name, target) && target !== undefined) requested.add(name);
    }
    return requested;
  }

  /** @returns whether it is another target than before */
  #set(alias: string, target: string | undefined): boolean {
    const before = this.get(alias);
    if (before === target) return false;
    this.changes.set(alias, target);
    if (before !== undefined) this.#gained.set(before, (this.#gained.get(before) ?? 0) - 1);
    if (target !== undefined) this.#gained.set(target, (this.#gained.get(target) ?? 0) + 1);
    return true;
  }
}
