import { LogChanges } from "../cache/mod.ts";
import type { Resource } from "../resource/mod.ts";

/** The names that changed in a view since a revision, as `View.changesSince` returns them. */
export type Changes = ReadonlyMap<string, Resource | undefined>;

/**
 * The changes of a view, sorted out once for all the streams at the same position.
 *
 * Invariant: `present` and `removed` are the same arrays for the same changes, so that what is derived from a list is
 * found again by the list itself.
 */
export class ChangeSet {
  readonly #changes: Changes;
  #present: readonly Resource[] | undefined = undefined;
  #removed: readonly string[] | undefined = undefined;

  private constructor(changes: Changes) {
    this.#changes = changes;
  }

  static of(changes: Changes): ChangeSet {
    let set = sets.get(changes);
    if (set === undefined) sets.set(changes, set = new ChangeSet(changes));
    return set;
  }

  /** The resources that were added or changed. */
  get present(): readonly Resource[] {
    return this.#present ??= [...this.#changes.values()].filter((resource) => resource !== undefined);
  }

  /** The names that were removed. A log knows without a list that there are none. */
  get removed(): readonly string[] {
    if (this.#changes instanceof LogChanges && !this.#changes.mayHaveRemovals) return NO_NAMES;
    return this.#removed ??= this.present.length === this.#changes.size ? NO_NAMES : this.#namesRemoved();
  }

  /** The number of changes, or more where it is not known without a list of them. */
  get maxSize(): number {
    return this.#changes instanceof LogChanges ? this.#changes.maxSize : this.#changes.size;
  }

  #namesRemoved(): readonly string[] {
    return [...this.#changes].filter(([, resource]) => resource === undefined).map(([name]) => name);
  }
}

const NO_NAMES: readonly string[] = [];
const sets = new WeakMap<Changes, ChangeSet>();
