import { normalName, type Resource, type ResourceKey } from "../../resource/mod.ts";
import type { Reference } from "../findings.ts";
import type { Targets } from "./missing.ts";

/** A change of the resources of all types. */
export interface FollowedChange {
  readonly before: Pick<Targets, "resources">;
  readonly after: Pick<Targets, "resources">;
  /** The type URLs of `after`. */
  readonly types: readonly string[];
  /** The resources in `after` that are not in `before`. */
  readonly update: Iterable<Resource>;
}

/**
 * Which resources refer to a name, so that a removal costs what refers to it, and not what exists.
 *
 * It has nothing before the first removal. Resources that no longer exist, or whose change was refused, stay in it, so
 * that those who read it look each up. When it has grown by more than twice what did exist, it starts anew.
 *
 * Invariant: all references of resources in a set that is in `#covered` are in `#byTarget`.
 */
export class Referrers {
  readonly #referencesOf: (resource: Resource) => readonly Reference[];
  /** Texts of {@link keyText} by the type URL and the name of the target. */
  #byTarget = new Map<string, Map<string, Set<string>>>();
  #covered = new WeakSet<ReadonlyMap<string, Resource>>();
  #size = 0;
  #limit = MIN_LIMIT;

  /** @param referencesOf - the references of a resource */
  constructor(referencesOf: (resource: Resource) => readonly Reference[]) {
    this.#referencesOf = referencesOf;
  }

  /** Keeps up with a change, at the cost of what it changes. */
  follow({ before, after, types, update }: FollowedChange): void {
    const known = new Set(types.filter((typeUrl) => this.#covered.has(before.resources(typeUrl))));
    if (known.size === 0) return;
    for (const resource of update) if (known.has(resource.typeUrl)) this.#add(resource);
    for (const typeUrl of known) this.#covered.add(after.resources(typeUrl));
  }

  /** Reads all resources of these types that it does not have yet. */
  cover(after: Pick<Targets, "resources">, types: readonly string[]): void {
    if (this.#size > this.#limit) this.#clear();
    const before = this.#size;
    for (const typeUrl of types) {
      const set = after.resources(typeUrl);
      if (this.#covered.has(set)) continue;
      for (const resource of set.values()) this.#add(resource);
      this.#covered.add(set);
    }
    this.#limit += 2 * (this.#size - before);
  }

  /** The names of resources that refer to a target, or did. */
  of({ typeUrl, name }: ResourceKey): ResourceKey[] {
    return [...this.#byTarget.get(typeUrl)?.get(name) ?? []].map(keyOf);
  }

  #add(resource: Resource): void {
    const key = keyText(resource);
    for (const { typeUrl, name } of this.#referencesOf(resource)) {
      let names = this.#byTarget.get(typeUrl);
      if (names === undefined) this.#byTarget.set(typeUrl, names = new Map());
      const target = normalName(name);
      const keys = names.get(target);
      if (keys?.has(key)) continue;
      this.#size++;
      if (keys === undefined) names.set(target, new Set([key]));
      else keys.add(key);
    }
  }

  #clear(): void {
    this.#byTarget = new Map();
    this.#covered = new WeakSet();
    this.#size = 0;
    this.#limit = MIN_LIMIT;
  }
}

/** In references. */
const MIN_LIMIT = 10_000;

/** A type URL has no line feed. */
function keyText({ typeUrl, name }: ResourceKey): string {
  return `${typeUrl}\n${name}`;
}

function keyOf(text: string): ResourceKey {
  const end = text.indexOf("\n");
  return { typeUrl: text.slice(0, end), name: text.slice(end + 1) };
}
