/**
 * The resources that the aliases of a client stood for when it was last sent them.
 *
 * Invariant: `of` is the inverse of `get`.
 */
export class AliasTargets {
  readonly #targets = new Map<string, string>();
  readonly #aliases = new Map<string, Set<string>>();

  /** The name of the target of an alias; undefined if it has none. */
  get(alias: string): string | undefined {
    return this.#targets.get(alias);
  }

  /** The aliases of a resource. */
  of(resource: string): ReadonlySet<string> {
    return this.#aliases.get(resource) ?? NONE;
  }

  /** Sets the target of an alias, or removes it. */
  set(alias: string, resource: string | undefined): void {
    const before = this.#targets.get(alias);
    const aliases = before === undefined ? undefined : this.#aliases.get(before);
    if (aliases?.delete(alias) && aliases.size === 0) this.#aliases.delete(before!);
    if (resource === undefined) {
      this.#targets.delete(alias);
      return;
    }
    this.#targets.set(alias, resource);
    const known = this.#aliases.get(resource);
    if (known === undefined) this.#aliases.set(resource, new Set([alias]));
    else known.add(alias);
  }
}

const NONE: ReadonlySet<string> = new Set();
