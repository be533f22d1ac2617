import type { View } from "../cache/mod.ts";
import { collectionOf, type Resource } from "../resource/mod.ts";
import { AliasTargets } from "./alias-targets.ts";
import type { Diff } from "./diff.ts";
import type { HeldState, Matches } from "./held-state.ts";
import { HeldVersions } from "./held-versions.ts";
import { type Pending, PendingNames } from "./pending-names.ts";
import { RejectedNames } from "./rejected-names.ts";
import type { OutgoingResponse } from "./response.ts";
import { NONE_WITHHELD, type WithheldRemoval, type WithheldRemovals } from "./withheld-removals.ts";

/**
 * What a client is known to hold of one type, and what has to be sent to it. A client in sync costs a position in the
 * view's log, however many resources it has; what it rejected counts as held until it changes or is requested.
 *
 * Invariant: `position` is at most the view's revision; a withheld removal is of a name that the view does not have.
 */
export class ClientState implements HeldState {
  readonly #pending = new PendingNames();
  #rejected: RejectedNames | undefined = undefined;
  #aliases: AliasTargets | undefined = undefined;
  #position: number | undefined = undefined;
  #held = HeldVersions.NONE;
  #withheld = NONE_WITHHELD;
  #sent: readonly Resource[] = NO_RESOURCES;

  get position(): number | undefined {
    return this.#position;
  }

  get pending(): Pending {
    return this.#pending;
  }

  get held(): HeldVersions {
    return this.#held;
  }

  get withheld(): WithheldRemovals {
    return this.#withheld;
  }

  get rejected(): Pick<RejectedNames, "names" | "key"> {
    return this.#rejected ?? NONE_REJECTED;
  }

  get sent(): readonly Resource[] {
    return this.#sent;
  }

  get aliases(): AliasTargets {
    return this.#aliases ?? NO_ALIASES;
  }

  /** The client holds these versions from an earlier stream. */
  resume(versions: ReadonlyMap<string, string>): void {
    if (versions.size > 0) this.#held = new HeldVersions(versions);
  }

  /** Whether the client was sent a name as the view has it, and is not sent it again. */
  isInSyncWith(name: string, view: View): boolean {
    if (this.#position === undefined || this.#isPending(name)) return false;
    return view.changesSince(this.#position)?.has(name) === false;
  }

  /** Has a name sent, whatever version of it the client holds. */
  request(name: string): void {
    this.#pending.add(name);
    this.#held.invalidate(name);
  }

  /** Has a name sent unless the client holds its version already. */
  requestUnlessHeld(name: string): void {
    this.#pending.add(name);
  }

  /** Has all resources of the wildcard sent. */
  requestAll(): void {
    this.#pending.setAll(true);
    this.#held.invalidateAll();
  }

  /** Has all resources of the wildcard sent that the client does not hold already. */
  requestAllUnlessHeld(): void {
    this.#pending.setAll(true);
  }

  /** Has every collection that the client does not subscribe to reported as removed. */
  requestEveryCollection(): void {
    this.#pending.addEveryCollection();
  }

  /** The client has unsubscribed from a name. */
  cancel(name: string): void {
    this.#pending.remove(name);
  }

  /** The client has unsubscribed from the wildcard. */
  cancelAll(): void {
    this.#pending.setAll(false);
  }

  /** The client has unsubscribed from a resource: neither its removal nor its rejection matters any longer. */
  forget(name: string): void {
    (this.#withheld as Map<string, WithheldRemoval>).delete(name);
    this.#rejected?.forget(name);
  }

  /** Forgets all that concerns names which the subscription no longer covers. */
  retain({ requestable, matches }: { readonly requestable: Matches; readonly matches: Matches }): void {
    this.#pending.retain(requestable);
    for (const name of this.#withheld.keys()) if (!matches(name)) this.forget(name);
    for (const name of this.rejected.names) if (!matches(name)) this.forget(name);
  }

  /** The client has unsubscribed from an alias. @returns the name of its target */
  dropAlias(alias: string): string | undefined {
    const target = this.aliases.get(alias);
    if (target !== undefined) this.#aliases!.set(alias, undefined);
    return target;
  }

  /** The cache has called the watcher: names that it was loading are found, or do not exist. */
  loaded(): void {
    this.#pending.loaded();
  }

  /**
   * The view is replaced by another, whose positions mean something else. All that is subscribed is compared with the
   * new view.
   *
   * @param from - the view until now; undefined where versions mean nothing to the client, as in SotW
   */
  rebase(
    from: View | undefined,
    { wildcard, names, matches }: {
      readonly wildcard: boolean;
      readonly names: Iterable<string>;
      readonly matches: Matches;
    },
  ): void {
    if (from !== undefined && this.#position !== undefined) {
      this.#held = new HeldVersions(this.#versionsOf(from, this.#position, matches));
    }
    this.#position = undefined;
    this.#withheld = NONE_WITHHELD;
    this.#rejected = undefined;
    this.#pending.setAll(wildcard);
    for (const name of names) this.#pending.add(name);
  }

  /** The difference was sent; or, without a response, was found to be none. */
  commit({ revision }: Pick<View, "revision">, diff: Diff, response: OutgoingResponse | undefined): void {
    this.#position = revision;
    this.#held = HeldVersions.NONE;
    this.#withheld = diff.withheld;
    this.#pending.served(diff.loading ?? NO_NAMES);
    for (const [alias, target] of diff.aliases ?? NO_TARGETS) (this.#aliases ??= new AliasTargets()).set(alias, target);
    if (response !== undefined && diff.carriesRejected) this.#rejected?.carried(response);
  }

  /** The client was sent the full state. */
  commitFullState(resources: readonly Resource[]): void {
    this.#sent = resources;
  }

  acked(response: OutgoingResponse): void {
    this.#rejected?.acked(response);
  }

  /** The client may hold what it rejected in another version, or not at all. */
  nacked(response: OutgoingResponse): void {
    this.#rejected ??= new RejectedNames();
    this.#rejected.nacked(response);
    for (const name of this.#rejected.names) this.#held.invalidate(name);
  }

  /** The versions that the client holds of a view, not known for those that it has just requested or rejected. */
  #versionsOf(view: View, position: number, matches: Matches): Map<string, string | undefined> {
    const held = new Map<string, string | undefined>();
    for (const { name, version } of view) {
      if (matches(name)) held.set(name, this.#isPending(name) ? undefined : version);
    }
    for (const [name] of view.changesSince(position) ?? []) held.set(name, undefined);
    for (const name of this.#withheld.keys()) held.set(name, undefined);
    for (const name of this.rejected.names) held.set(name, undefined);
    return held;
  }

  #isPending(name: string): boolean {
    const { all, names } = this.#pending;
    return all || names.has(name) || names.has(collectionOf(name) ?? name);
  }
}

const NO_RESOURCES: readonly Resource[] = [];
const NO_NAMES: readonly string[] = [];
const NO_TARGETS: ReadonlyMap<string, string | undefined> = new Map();
const NO_ALIASES = new AliasTargets();
const NONE_REJECTED = { names: new Set<string>(), key: "" };
