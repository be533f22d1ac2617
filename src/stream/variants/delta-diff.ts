import type { Resource } from "../../resource/mod.ts";
import { type Changes, ChangeSet } from "../change-set.ts";
import type { Matches } from "../held-state.ts";
import type { Diff } from "../diff.ts";
import { ProtocolError } from "../protocol-error.ts";
import { withholds } from "../sequencing/gates.ts";
import { WithheldDraft } from "../withheld-removals.ts";
import { releaseRemovals } from "./delta-removals.ts";
import { DiffBuilder } from "./diff-builder.ts";
import type { DiffInput } from "./variant.ts";

/** What differs between kinds of names. */
export interface DeltaRules {
  readonly matches: Matches;
  /** The names that are sent whether they changed or not. */
  readonly requested: ReadonlySet<string>;
  /** Adds what a requested name stands for, unless the cache is still loading it. */
  resolve(name: string, to: Resolution): void;
  /** Whether a resource that the client holds from before was removed, and is not reported otherwise. */
  isRemoved(name: string): boolean;
  /** Adds what follows from the names and from no change of theirs. */
  addOthers(builder: DiffBuilder): void;
}

/** Where a requested name is resolved to. */
export interface Resolution {
  readonly builder: DiffBuilder;
  /** Adds a resource unless the client holds its version. */
  addUnlessHeld(resource: Resource): void;
  /** The name is sent once the cache has loaded it. */
  load(name: string): void;
}

/** The difference of an incremental stream: what changed since the client's position, and what it has requested. */
export function deltaDiff(input: DiffInput, rules: DeltaRules): Diff {
  const { view, client } = input;
  const changes = client.position === undefined ? NO_CHANGES : view.changesSince(client.position);
  return changes === undefined ? catchUp(input) : new DeltaDiff(input, changes, rules).diff();
}

/**
 * The difference of a wildcard in sync, shared by all streams at the same position; undefined for any other stream. It
 * is the usual one, and needs no rules for names.
 */
export function wildcardDiff(input: DiffInput): Diff | undefined {
  const { view, subscription, client } = input;
  const isInSync = client.held.size === 0 && client.pending.names.size === 0 && client.rejected.names.size === 0;
  if (!subscription.wildcard || !isInSync) return undefined;
  const changes = client.position === undefined ? NO_CHANGES : view.changesSince(client.position);
  if (changes === undefined) return undefined;
  const { present, removed } = ChangeSet.of(changes);
  const { all } = client.pending;
  const removals = releaseRemovals(input, changes, () => true);
  const isPlain = removals.withheld.size === 0 && client.withheld.size === 0;
  const released = isPlain ? removed : removals.released;
  if (!all && present.length === 0 && released.length === 0) {
    return { response: undefined, withheld: removals.withheld };
  }
  const resources = () => all ? [...view] : present;
  const shareKey = `${all ? "all " : ""}since ${client.position}${
    isPlain ? "" : ` removes ${JSON.stringify(released)}`
  }`;
  return {
    response: { shareKey, content: () => ({ resources: resources(), removed: released }) },
    withheld: removals.withheld,
  };
}

/**
 * The log does not reach back to the client: names can be sent anew, the wildcard and collections cannot. The removal gate
 * is not asked, since it is not known what was removed when.
 */
function catchUp({ view, subscription, client }: DiffInput): Diff {
  if (subscription.wildcard || subscription.collections.size > 0) {
    throw new ProtocolError("unavailable", "Too far behind the changes of the configuration; connect again");
  }
  const builder = new DiffBuilder();
  for (const name of subscription.names) builder.add(name, view.get(name));
  return {
    response: builder.isEmpty ? undefined : { content: () => builder.content() },
    withheld: new Map(),
    carriesRejected: client.rejected.names.size > 0,
  };
}

/** A difference put together name by name. */
class DeltaDiff {
  readonly #input: DiffInput;
  readonly #changes: Changes;
  readonly #rules: DeltaRules;
  readonly #builder = new DiffBuilder();
  readonly #loading: string[] = [];
  #heldTtlMs: number | undefined = undefined;

  constructor(input: DiffInput, changes: Changes, rules: DeltaRules) {
    this.#input = input;
    this.#changes = changes;
    this.#rules = rules;
  }

  diff(): Diff {
    const { client, subscription, view } = this.#input;
    const { matches, requested } = this.#rules;
    const isAll = subscription.wildcard && client.pending.all;
    const { withheld, released } = releaseRemovals(this.#input, this.#changes, matches);
    const draft = new WithheldDraft(withheld);
    const isChanged = this.#addChanges(released);
    if (isAll) { for (const resource of view) this.#addUnlessHeld(resource); }
    this.#rules.addOthers(this.#builder);
    for (const name of requested) {
      draft.remove(name);
      this.#rules.resolve(name, this.#resolution);
    }
    for (const name of client.held.names) if (this.#rules.isRemoved(name)) this.#remove(name, draft);
    const carriesRejected = client.rejected.names.size > 0 && (isChanged || isAll);
    if (carriesRejected) this.#addRejected(draft);
    return {
      response: this.#builder.isEmpty && !isAll ? undefined : this.#response(),
      withheld: draft.result,
      loading: this.#loading,
      heldTtlMs: this.#heldTtlMs,
      carriesRejected,
    };
  }

  /** Looks for the changes from the side where there are fewer names. @returns whether anything changed for the client */
  #addChanges(released: readonly string[]): boolean {
    const { requested, matches } = this.#rules;
    const { wildcard, collections, names } = this.#input.subscription;
    let isChanged = released.length > 0;
    for (const name of released) if (!requested.has(name)) this.#builder.add(name, undefined);
    if (!wildcard && collections.size === 0 && names.size < ChangeSet.of(this.#changes).maxSize) {
      for (const name of names) isChanged = this.#addChange(name, this.#changes.get(name)) || isChanged;
    } else {
      for (const [name, resource] of this.#changes) {
        if (matches(name)) isChanged = this.#addChange(name, resource) || isChanged;
      }
    }
    return isChanged;
  }

  #addChange(name: string, resource: Resource | undefined): boolean {
    if (resource === undefined || this.#rules.requested.has(name)) return false;
    this.#builder.addFirst(resource);
    return true;
  }

  /** What the client rejected with other resources, as it is now. */
  #addRejected(draft: WithheldDraft): void {
    const { client, view } = this.#input;
    for (const name of client.rejected.names) {
      if (!this.#rules.matches(name) || this.#changes.has(name) || this.#rules.requested.has(name)) continue;
      const resource = view.get(name);
      if (resource !== undefined) this.#builder.add(name, resource);
      else this.#remove(name, draft);
    }
  }

  #remove(name: string, draft: WithheldDraft): void {
    const { gate, now } = this.#input;
    if (draft.has(name) || this.#builder.removed.has(name)) return;
    if (withholds(gate, now)) draft.add(name, { since: now, resource: undefined });
    else this.#builder.add(name, undefined);
  }

  #addUnlessHeld(resource: Resource): void {
    const { name, version, ttlMs } = resource;
    if (!this.#input.client.held.includes(name, version)) this.#builder.add(name, resource);
    else if (ttlMs !== undefined) this.#heldTtlMs = Math.min(this.#heldTtlMs ?? ttlMs, ttlMs);
  }

  get #resolution(): Resolution {
    return {
      builder: this.#builder,
      addUnlessHeld: (resource) => this.#addUnlessHeld(resource),
      load: (name) => void this.#loading.push(name),
    };
  }

  /** Streams whose client rejected the same share what follows. */
  #response(): Diff["response"] {
    const { subscription, client } = this.#input;
    const { requested } = this.#rules;
    const content = () => this.#builder.content();
    const isShared = subscription.wildcard && subscription.names.size === 0 && client.held.size === 0 &&
      requested.size === 0 && !client.pending.everyCollection && !client.pending.all &&
      client.rejected.key !== undefined;
    if (!isShared) return { content };
    const removed = JSON.stringify([...this.#builder.removed]);
    return { content, shareKey: `since ${client.position} rejected ${client.rejected.key} removes ${removed}` };
  }
}

const NO_CHANGES: Changes = new Map();
