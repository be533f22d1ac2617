/** The names of one type that have to be sent whether they changed or not, as the rest of a stream reads them. */
export interface Pending {
  /** The names of resources, collections or aliases. */
  readonly names: ReadonlySet<string>;
  /** Whether all resources of the wildcard have to be sent, even if there are none. */
  readonly all: boolean;
  /** Whether collections that the client does not subscribe to have to be reported as removed. */
  readonly everyCollection: boolean;
  /** Whether no request is open. */
  readonly isEmpty: boolean;
}

/**
 * The open requests of one type. `ClientState` is the only one that writes to it.
 *
 * Invariant: a name is in `names` or among those that the cache is loading, not in both; neither set exists while it
 * has never had a name.
 */
export class PendingNames implements Pending {
  #names: Set<string> | undefined = undefined;
  #loading: Set<string> | undefined = undefined;
  #all = false;
  #everyCollection = false;

  get names(): ReadonlySet<string> {
    return this.#names ?? NO_NAMES;
  }

  get all(): boolean {
    return this.#all;
  }

  get everyCollection(): boolean {
    return this.#everyCollection;
  }

  get isEmpty(): boolean {
    return !this.#all && !this.#everyCollection && this.names.size === 0;
  }

  add(name: string): void {
    this.#loading?.delete(name);
    (this.#names ??= new Set()).add(name);
  }

  setAll(on: boolean): void {
    this.#all = on;
  }

  addEveryCollection(): void {
    this.#everyCollection = true;
  }

  remove(name: string): void {
    this.#names?.delete(name);
    this.#loading?.delete(name);
  }

  /** Removes the names that a condition does not hold for. */
  retain(condition: (name: string) => boolean): void {
    for (const name of this.names) if (!condition(name)) this.#names!.delete(name);
  }

  /** Ends all requests but those of names that the cache is still loading. */
  served(loading: readonly string[]): void {
    this.#names?.clear();
    this.#all = false;
    this.#everyCollection = false;
    for (const name of loading) (this.#loading ??= new Set()).add(name);
  }

  /** The cache has loaded: the names that it was loading are requested again. */
  loaded(): void {
    const loading = this.#loading;
    this.#loading = undefined;
    for (const name of loading ?? NO_NAMES) this.add(name);
  }
}

const NO_NAMES: ReadonlySet<string> = new Set();
