import { collectionOf } from "../resource/mod.ts";

/**
 * The versions of resources that a client holds from an earlier stream (`initial_resource_versions`) or from the view of
 * another group, until they are compared with the view.
 *
 * Invariant: an invalidated name stays held, in a version that is not known.
 */
export class HeldVersions {
  static readonly NONE = new HeldVersions(new Map());

  readonly #versions: ReadonlyMap<string, string | undefined>;
  /** Names and collections. */
  #invalid: Set<string> | undefined = undefined;
  #allInvalid = false;

  /** @param versions - undefined: the client holds the resource in a version that is not known */
  constructor(versions: ReadonlyMap<string, string | undefined>) {
    this.#versions = versions;
  }

  get size(): number {
    return this.#versions.size;
  }

  get names(): Iterable<string> {
    return this.#versions.keys();
  }

  /** Whether the client holds a resource, and has not requested it anew. */
  has(name: string): boolean {
    if (this.#allInvalid || !this.#versions.has(name)) return false;
    return this.#invalid === undefined || !this.#isInvalid(this.#invalid, name);
  }

  /** Whether the client gave this version when it connected, whether it has requested the resource anew or not. */
  gave(name: string, version: string): boolean {
    return this.#versions.get(name) === version;
  }

  /** Whether the client holds a resource in this version. */
  includes(name: string, version: string): boolean {
    return this.#versions.get(name) === version && this.has(name);
  }

  /** The client requests a name or a collection anew: the versions that it gave no longer count. */
  invalidate(name: string): void {
    if (this.size > 0) (this.#invalid ??= new Set()).add(name);
  }

  invalidateAll(): void {
    if (this.size > 0) this.#allInvalid = true;
  }

  #isInvalid(invalid: ReadonlySet<string>, name: string): boolean {
    return invalid.has(name) || invalid.has(collectionOf(name) ?? name);
  }
}
