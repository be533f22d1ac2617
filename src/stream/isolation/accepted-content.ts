import type { View } from "../../cache/mod.ts";
import { normalName, type Resource } from "../../resource/mod.ts";
import { ChangeSet } from "../change-set.ts";
import type { OutgoingResponse } from "../response.ts";

/** The content of a view that clients have accepted, the last of each name: one resource for all of them. */
export class AcceptedContent {
  readonly #view: View;
  readonly #accepted = new Map<string, Resource>();
  /** The content before the accepted one, which may turn out to be rejected by most. */
  readonly #former = new Map<string, Resource>();
  /** The position from which on each name was in the view, as far as clients have ACKed its removal. */
  readonly #since = new Map<string, number>();
  readonly #noted = new WeakSet<OutgoingResponse>();
  /** The number of names at which those that the view no longer has are dropped. */
  #pruneAt = MIN_PRUNED;
  /** What was removed before this position is not known. */
  #knownFrom = 0;
  /** The revision up to which removals were noted. */
  #seen: number;

  constructor(view: View) {
    this.#view = view;
    this.#seen = view.revision;
  }

  /** What was accepted last of a name, but for a version that is rejected. */
  get(name: string, rejectedVersion: string): Resource | undefined {
    const accepted = this.#accepted.get(name);
    return accepted?.version === rejectedVersion ? this.#former.get(name) : accepted;
  }

  /**
   * The position from which on the view has a name: a client that was in sync there, or later, has content of it;
   * undefined if none was accepted.
   */
  since(name: string): number | undefined {
    return this.#since.get(name);
  }

  /** A client has accepted a response: noted once for all that are sent it. @param position - the one it was made at */
  note(response: OutgoingResponse, position: number): void {
    this.#noteRemovals();
    if (this.#noted.has(response)) return;
    this.#noted.add(response);
    for (const name of response.removed) this.#since.set(normalName(name), position + 1);
    for (const resource of response.resources) this.#note(resource, position);
    if (this.#since.size > this.#pruneAt) this.#prune();
  }

  #note(sent: Resource, position: number): void {
    const name = normalName(sent.name);
    if (!this.#since.has(name)) this.#since.set(name, Math.max(position, this.#knownFrom));
    const known = this.#accepted.get(name);
    if (known === sent || known?.version === sent.version) return;
    // A client's own spelling is of no use to others.
    const resource = sent.name === name ? sent : this.#view.get(name);
    if (resource?.version !== sent.version) return;
    this.#accepted.set(name, resource);
    if (known === undefined) return;
    this.#former.delete(name);
    this.#former.set(name, known);
    if (this.#former.size > MAX_FORMER) this.#former.delete(this.#former.keys().next().value!);
  }

  /** Once for all clients at a revision. */
  #noteRemovals(): void {
    const { revision } = this.#view;
    if (revision === this.#seen) return;
    const changes = this.#view.changesSince(this.#seen);
    this.#seen = revision;
    if (changes === undefined) {
      this.#since.clear();
      this.#knownFrom = revision + 1;
    } else {for (const name of ChangeSet.of(changes).removed) {
        if (this.#since.has(name)) this.#since.set(name, revision + 1);
      }}
  }

  /** Drops what the view no longer has, at a cost that the names added since pay for. */
  #prune(): void {
    for (const name of this.#accepted.keys()) if (this.#view.get(name) === undefined) this.#accepted.delete(name);
    for (const name of this.#since.keys()) if (this.#view.get(name) === undefined) this.#since.delete(name);
    for (const name of this.#former.keys()) if (this.#view.get(name) === undefined) this.#former.delete(name);
    this.#knownFrom = this.#view.revision + 1;
    this.#pruneAt = 2 * this.#since.size + MIN_PRUNED;
  }
}

/** Former contents that are kept. The oldest leave first. */
const MAX_FORMER = 1_000;
const MIN_PRUNED = 100;
