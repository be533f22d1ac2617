import type { Resource } from "../resource/mod.ts";

/** What one response says, put together so that it names nothing twice. */
export class Answers {
  readonly #resources = new Map<string, Resource>();
  readonly #removed = new Set<string>();
  /** Few streams have any. */
  #unknown: Set<string> | undefined = undefined;
  #aliases: Map<string, string[]> | undefined = undefined;

  get empty(): boolean {
    return this.#resources.size + this.#removed.size === 0 && this.#unknown === undefined;
  }

  /** The resource as it is now; undefined: it is gone, or has never been. */
  tell(name: string, resource: Resource | undefined): void {
    if (resource === undefined) this.#removed.add(name);
    else this.#resources.set(name, resource);
  }

  /** What a name stands for; undefined: nothing. */
  tellAlias(alias: string, resource: Resource | undefined): void {
    if (resource === undefined) {
      (this.#unknown ??= new Set()).add(alias);
      return;
    }
    this.#resources.set(resource.name, resource);
    this.#aliases ??= new Map();
    const aliases = this.#aliases.get(resource.name);
    if (aliases === undefined) this.#aliases.set(resource.name, [alias]);
    else aliases.push(alias);
  }

  get resources(): Resource[] {
    const resources = [...this.#resources.values()];
    const known = this.#aliases;
    if (known === undefined) return resources;
    return resources.map((resource) => {
      const aliases = known.get(resource.name);
      return aliases === undefined ? resource : resource.withAliases([...new Set([...resource.aliases, ...aliases])]);
    });
  }

  get removed(): string[] {
    return [...this.#removed].filter((name) => !this.#resources.has(name) && !this.#unknown?.has(name));
  }

  get unknown(): string[] {
    return [...this.#unknown ?? []];
  }
}
