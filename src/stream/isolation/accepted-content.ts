import type { View } from "../../cache/mod.ts";
import { normalName, type Resource } from "../../resource/mod.ts";
import type { OutgoingResponse } from "../response.ts";
import { PresentNames } from "./present-names.ts";

/** The content of a view that clients have accepted, the last of each name: one resource for all of them. */
export class AcceptedContent {
  readonly #view: View;
  readonly #accepted = new Map<string, Resource>();
  /** The content before the accepted one, which may turn out to be rejected by most. */
  #former = new Map<string, Resource>();
  /** The same of earlier times: dropped as a whole, since finding the oldest entry of a map again and again takes long. */
  #formerBefore = new Map<string, Resource>();
  readonly #present: PresentNames;
  readonly #noted = new WeakSet<OutgoingResponse>();
  /** The number of names at which those that the view no longer has are dropped. */
  #pruneAt = MIN_PRUNED;

  constructor(view: View) {
    this.#view = view;
    this.#present = new PresentNames(view);
  }

  /** What was accepted last of a name, but for a version that is rejected. */
  get(name: string, rejectedVersion: string): Resource | undefined {
    const accepted = this.#accepted.get(name);
    if (accepted?.version !== rejectedVersion) return accepted;
    return this.#former.get(name) ?? this.#formerBefore.get(name);
  }

  /** See {@link PresentNames.since}. */
  since(name: string): number | undefined {
    return this.#present.since(name);
  }

  /** A client has accepted a response: noted once for all that are sent it. @param position - see {@link GroupContent.accepted} */
  note(response: OutgoingResponse, position: number | undefined): void {
    if (position !== undefined) this.#present.noteRemovals();
    if (this.#noted.has(response)) return;
    this.#noted.add(response);
    for (const resource of response.resources) this.#note(resource);
    if (position !== undefined) this.#notePresence(response, position);
    if (Math.max(this.#accepted.size, this.#present.size) > this.#pruneAt) this.#prune();
  }

  #notePresence({ resources, removed }: OutgoingResponse, position: number): void {
    for (const name of removed) this.#present.ackedRemoval(normalName(name), position);
    for (const { name } of resources) this.#present.acked(normalName(name), position);
  }

  #note(sent: Resource): void {
    const name = normalName(sent.name);
    const known = this.#accepted.get(name);
    if (known === sent || known?.version === sent.version) return;
    // A client's own spelling is of no use to others.
    const resource = sent.name === name ? sent : this.#view.get(name);
    if (resource?.version !== sent.version) return;
    this.#accepted.set(name, resource);
    if (known === undefined) return;
    this.#former.set(name, known);
    if (this.#former.size < MAX_FORMER / 2) return;
    this.#formerBefore = this.#former;
    this.#former = new Map();
  }

  /** Drops what the view no longer has, at a cost that the names added since pay for. */
  #prune(): void {
    for (const name of this.#accepted.keys()) if (this.#view.get(name) === undefined) this.#accepted.delete(name);
    this.#present.prune();
    for (const former of [this.#former, this.#formerBefore]) {
      for (const name of former.keys()) if (this.#view.get(name) === undefined) former.delete(name);
    }
    this.#pruneAt = 2 * Math.max(this.#accepted.size, this.#present.size) + MIN_PRUNED;
  }
}

/** Former contents that are kept, at most. The older half leaves first. */
const MAX_FORMER = 2_000;
const MIN_PRUNED = 100;
