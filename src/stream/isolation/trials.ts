import type { View } from "../../cache/mod.ts";
import type { Resource } from "../../resource/mod.ts";
import type { ClientState } from "../client-state.ts";
import type { Matches } from "../held-state.ts";
import { CulpritSearch, type SearchedRejection } from "./culprit-search.ts";

/**
 * The parts of rejected responses that are sent again to one client, of one type: by requests of their names.
 *
 * Invariant: a name is in the search in the version that was rejected; once it has another, it is sent as any change is.
 */
export class Trials {
  readonly #client: ClientState;
  readonly #search = new CulpritSearch();
  /** Of all names of the search; undefined for a removal. */
  readonly #versions = new Map<string, string | undefined>();
  #isPostponed = false;
  /** A response without any of the search is next, or in flight. */
  #isConfirming = false;
  /** The name that was rejected, or what stood in for the others. */
  #doubted: string | undefined = undefined;
  #revision = 0;

  constructor(client: ClientState) {
    this.#client = client;
  }

  get isOpen(): boolean {
    return this.#search.isOpen;
  }

  /** Changes with the search. */
  get revision(): number {
    return this.#revision;
  }

  /** Whether a response without any of the search was sent last, or is next. */
  get isConfirming(): boolean {
    return this.#isConfirming;
  }

  /** Whether the client rejects what stands in for others, and no part was accepted that has none of it. */
  get isHopeless(): boolean {
    const isRefused = this.#doubted !== undefined && !this.#isConfirming;
    return isRefused && this.#search.isExhausted(4 * Math.log2(this.#versions.size) + 2);
  }

  /** The names that are sent next, or in flight. */
  get names(): ReadonlySet<string> {
    return this.#search.trial;
  }

  /** Whether the client was sent a resource, in a response that it has rejected, and is sent it again. */
  has(resource: Resource | undefined): boolean {
    return resource !== undefined && this.#versions.get(resource.name) === resource.version;
  }

  /** Whether a resource is sent later. */
  isWaiting({ name, version }: Resource): boolean {
    return this.#search.isWaiting(name) && this.#versions.get(name) === version;
  }

  /**
   * A response was rejected.
   *
   * @param versions - its resources by name, and undefined for its removals
   * @param rejection - see {@link CulpritSearch.rejected}
   * @returns the names that are rejected for certain
   */
  rejected(
    versions: ReadonlyMap<string, string | undefined>,
    rejection: SearchedRejection,
  ): readonly string[] {
    const removals = new Set([...versions.keys()].filter((name) => versions.get(name) === undefined));
    for (const [name, version] of versions) this.#versions.set(name, version);
    return this.#search.rejected(new Set(versions.keys()), removals, rejection);
  }

  /**
   * A response was rejected for a name, or for what stood in for the others; or for that alone.
   *
   * @returns the name whose stand-in is sent next, without any of the search; or whether the search continues
   */
  doubt(name: string | undefined): string | boolean {
    this.#revision++;
    if (this.#doubted === undefined) {
      this.#search.repeat(name!);
      this.#isConfirming = true;
      return this.#doubted = name!;
    }
    const isDeferred = this.#search.defer(this.#isConfirming ? this.#doubted : name!);
    this.#isConfirming = false;
    if (isDeferred) this.advance();
    else this.end();
    return isDeferred;
  }

  /** A response was accepted. @param has - whether it has a resource in a version, or its removal */
  accepted(has: (name: string, version: string | undefined) => boolean): void {
    this.#isConfirming = false;
    this.#search.accepted([...this.#versions].filter(([name, version]) => has(name, version)).map(([name]) => name));
  }

  /** The names that were tried needed no response. */
  skip(): void {
    this.#search.accepted([...this.#search.trial]);
    this.advance();
  }

  /** Requests the next part. */
  advance(): void {
    this.#revision++;
    if (this.#isConfirming || this.#search.trial.size > 0) return;
    for (const name of this.#search.next() ?? NO_NAMES) this.#client.request(name);
    if (!this.#search.isOpen) this.#versions.clear();
  }

  /**
   * Changes of the type are sent before the part that is tried, so that they are not rejected with it; but the part waits
   * for no second response. What is left of a response of which the client has named the bad ones goes along: a client may
   * have applied it, and with full state would remove it.
   */
  letChangesPass(view: View): void {
    if (this.#search.trial.size === 0) return;
    this.#isPostponed = this.#search.isSuspect && !this.#isPostponed;
    for (const name of this.#search.trial) {
      // A name that was removed meanwhile is not requested: its removal may have to wait.
      if (this.#isPostponed || view.get(name)?.version !== this.#versions.get(name)) this.#client.cancel(name);
    }
    if (this.#isPostponed) this.#search.postpone();
  }

  /** Forgets the names that have changed. */
  prune(view: View): void {
    for (const [name, version] of this.#versions) if (view.get(name)?.version !== version) this.#forget(name);
  }

  /** Forgets the names that the client is no longer subscribed to. */
  retain(matches: Matches): void {
    this.#isConfirming = false;
    for (const name of this.#versions.keys()) if (!matches(name)) this.#forget(name);
  }

  /** Ends the search if it has had more trials than any honest client needs. @returns the names that are left */
  endIfExhausted(): readonly string[] {
    return this.#search.isExhausted() ? this.end() : NONE;
  }

  /** Ends the search. @returns the names that are left */
  end(): readonly string[] {
    this.#versions.clear();
    this.#isPostponed = this.#isConfirming = false;
    this.#doubted = undefined;
    return this.#search.end();
  }

  #forget(name: string): void {
    this.#versions.delete(name);
    this.#search.forget(name);
  }
}

const NO_NAMES: ReadonlySet<string> = new Set();
const NONE: readonly string[] = [];
