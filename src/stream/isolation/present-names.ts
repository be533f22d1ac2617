import type { View } from "../../cache/mod.ts";
import { ChangeSet } from "../change-set.ts";

/**
 * Since when a view has names, as far as its clients have ACKed them and their removals.
 *
 * Invariant: the view has had a name from its position on, at each position until now.
 */
export class PresentNames {
  readonly #view: View;
  readonly #names = new Map<string, Presence>();
  /** What was removed before this position is not known. */
  #knownFrom = 0;
  /** The revision up to which removals were noted. */
  #seen: number;

  constructor(view: View) {
    this.#view = view;
    this.#seen = view.revision;
  }

  get size(): number {
    return this.#names.size;
  }

  /**
   * The position from which on the view has a name: a client that was in sync there, or later, has content of it;
   * undefined if none is known.
   */
  since(name: string): number | undefined {
    return this.#names.get(name)?.since;
  }

  /** A client has ACKed content of a name. @param position - the one at which it was sent */
  acked(name: string, position: number): void {
    const presence = this.#presenceOf(name);
    const from = Math.max(position, this.#knownFrom);
    if (from <= presence.removedAt) return;
    presence.since ??= from;
    presence.last = Math.max(presence.last, from);
  }

  /** A client has ACKed the removal of a name. @param position - the one at which it was sent */
  ackedRemoval(name: string, position: number): void {
    removedAt(this.#presenceOf(name), position);
  }

  /** Notes the removals of the view until now: once for all clients at a revision. */
  noteRemovals(): void {
    const { revision } = this.#view;
    if (revision === this.#seen) return;
    const changes = this.#view.changesSince(this.#seen);
    this.#seen = revision;
    if (changes === undefined) {
      this.#names.clear();
      this.#knownFrom = revision + 1;
      return;
    }
    for (const name of ChangeSet.of(changes).removed) {
      const presence = this.#names.get(name);
      if (presence !== undefined) removedAt(presence, revision);
    }
  }

  /** Drops the names that the view does not have. */
  prune(): void {
    for (const name of this.#names.keys()) if (this.#view.get(name) === undefined) this.#names.delete(name);
    this.#knownFrom = this.#view.revision + 1;
  }

  #presenceOf(name: string): Presence {
    let presence = this.#names.get(name);
    if (presence === undefined) {
      this.#names.set(name, presence = { since: undefined, last: -Infinity, removedAt: -Infinity });
    }
    return presence;
  }
}

/** What is known of one name. */
interface Presence {
  since: number | undefined;
  /** The last position at which content of it was sent that a client has ACKed. */
  last: number;
  /** The last position at which the view was without it. */
  removedAt: number;
}

/** An ACK may come late: the name may be in the view again, and ACKed. */
function removedAt(presence: Presence, position: number): void {
  presence.removedAt = Math.max(presence.removedAt, position);
  if (presence.since !== undefined && presence.since <= position) {
    presence.since = presence.last > position ? presence.last : undefined;
  }
}
