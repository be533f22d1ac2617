import type { Resource } from "../resource/mod.ts";

/** A removal that the client does not receive yet, since it may still use the resource. */
export interface WithheldRemoval {
  /** When the removal was withheld, in the time that the stream is given, in milliseconds. */
  readonly since: number;
  /** SotW with full state: the resource as the client was sent it, which responses continue to have. */
  readonly resource: Resource | undefined;
}

/**
 * The withheld removals of one type by name, the oldest first. A `diff` copies what it changes; only `ClientState.forget`
 * deletes in place.
 */
export type WithheldRemovals = ReadonlyMap<string, WithheldRemoval>;

export const NONE_WITHHELD: WithheldRemovals = new Map();

/** When the oldest removal was withheld; undefined for none. */
export function oldestOf(withheld: WithheldRemovals): number | undefined {
  for (const { since } of withheld.values()) return since;
  return undefined;
}

/** The withheld removals after the next response, copied when first changed. */
export class WithheldDraft {
  #map: WithheldRemovals;
  #copied = false;

  constructor(withheld: WithheldRemovals) {
    this.#map = withheld;
  }

  /** The removals as they are now. */
  get result(): WithheldRemovals {
    return this.#map.size === 0 ? NONE_WITHHELD : this.#map;
  }

  has(name: string): boolean {
    return this.#map.has(name);
  }

  /** Adds a removal; one that is withheld already keeps its time. */
  add(name: string, removal: WithheldRemoval): void {
    if (!this.#map.has(name)) this.#writable().set(name, removal);
  }

  remove(name: string): void {
    if (this.#map.has(name)) this.#writable().delete(name);
  }

  #writable(): Map<string, WithheldRemoval> {
    if (!this.#copied) this.#map = new Map(this.#map);
    this.#copied = true;
    return this.#map as Map<string, WithheldRemoval>;
  }
}
