import type { Resource } from "../../resource/mod.ts";
import type { Content } from "../diff.ts";

/** Puts the content of one delta response together so that it names no resource twice. */
export class DiffBuilder {
  /** The first resources, of which each has a name of its own: most responses have no others, and need no map. */
  readonly #first: Resource[] = [];
  #resources = new Map<string, Resource>();
  readonly #removed = new Set<string>();
  // Few streams have any.
  #unknown: Set<string> | undefined = undefined;
  #aliases: Map<string, string[]> | undefined = undefined;

  get isEmpty(): boolean {
    return this.#first.length + this.#resources.size + this.#removed.size === 0 && this.#unknown === undefined;
  }

  /** Adds a resource before all others, and with a name that no other one of these has. */
  addFirst(resource: Resource): void {
    this.#first.push(resource);
  }

  /** Adds the resource of a name, or if undefined, its removal. */
  add(name: string, resource: Resource | undefined): void {
    if (resource === undefined) this.#removed.add(name);
    else this.#resources.set(name, resource);
  }

  /** Adds the target of an alias, or if undefined, that it has none. */
  addAlias(alias: string, target: Resource | undefined): void {
    if (target === undefined) {
      (this.#unknown ??= new Set()).add(alias);
      return;
    }
    this.#resources.set(target.name, target);
    this.#aliases ??= new Map();
    const aliases = this.#aliases.get(target.name);
    if (aliases === undefined) this.#aliases.set(target.name, [alias]);
    else aliases.push(alias);
  }

  content(): Content {
    if (this.#resources.size + this.#removed.size === 0 && this.#unknown === undefined) {
      return { resources: this.#first, removed: NO_NAMES, unknown: NO_NAMES };
    }
    this.#resources = new Map([...this.#first.map((each) => [each.name, each] as const), ...this.#resources]);
    const removed = [...this.#removed].filter((name) => !this.#resources.has(name) && !this.#unknown?.has(name));
    return { resources: this.#aliased(), removed, unknown: [...this.#unknown ?? []] };
  }

  /** The names of the removals. */
  get removed(): ReadonlySet<string> {
    return this.#removed;
  }

  #aliased(): readonly Resource[] {
    const resources = [...this.#resources.values()];
    const known = this.#aliases;
    if (known === undefined) return resources;
    return resources.map((resource) => {
      const aliases = known.get(resource.name);
      return aliases === undefined ? resource : resource.withAliases([...new Set([...resource.aliases, ...aliases])]);
    });
  }
}

const NO_NAMES: readonly string[] = [];
