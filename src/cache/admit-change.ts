import { normalName, type Resource } from "../resource/mod.ts";
import { type Admit, requireAdmission, type ResourceTable } from "./admit.ts";
import type { ResourceLog } from "./resource-log.ts";

/** A change of the resources of one type. */
export interface TypeChange {
  /** The type URL. */
  readonly typeUrl: string;
  /** The resources as they are. */
  readonly log: ResourceLog;
  /** Resources that are added or changed. */
  readonly update: readonly Resource[];
  /** Names in their normal form; one that is updated as well exists afterwards. */
  readonly remove: readonly string[];
}

/**
 * Has a change of one type looked at.
 *
 * @throws AdmissionError if there is an error in it
 */
export function admitChange(admit: Admit, { typeUrl, log, update, remove }: TypeChange): void {
  const changed = new Map(update.map((resource) => [resource.name, resource]));
  const removed = remove.filter((name) => !changed.has(name));
  requireAdmission(admit, {
    update: [...changed.values()],
    remove: removed.map((name) => ({ typeUrl, name })),
    before: new ChangedTable(typeUrl, log),
    after: new ChangedTable(typeUrl, log, { changed, removed: new Set(removed) }),
    isComplete: false,
  });
}

/** The same for resources that replace all others. */
export function admitReplacement(
  admit: Admit,
  { typeUrl, log, resources }: Omit<TypeChange, "update" | "remove"> & { resources: ReadonlyMap<string, Resource> },
): void {
  const update = [...resources.values()].filter((resource) => log.get(resource.name) !== resource);
  const remove = [...log].map(({ name }) => name).filter((name) => !resources.has(name));
  admitChange(admit, { typeUrl, log, update, remove });
}

/** The resources of a log with a change made, which is copied only if all of them are read. */
class ChangedTable implements ResourceTable {
  readonly types: readonly string[];
  readonly #typeUrl: string;
  readonly #log: ResourceLog;
  readonly #changed: ReadonlyMap<string, Resource>;
  readonly #removed: ReadonlySet<string>;
  #all: ReadonlyMap<string, Resource> | undefined = undefined;

  constructor(typeUrl: string, log: ResourceLog, { changed, removed }: ChangeOfTable = UNCHANGED) {
    this.types = [typeUrl];
    this.#typeUrl = typeUrl;
    this.#log = log;
    this.#changed = changed;
    this.#removed = removed;
  }

  get(typeUrl: string, name: string): Resource | undefined {
    const normal = normalName(name);
    if (typeUrl !== this.#typeUrl || this.#removed.has(normal)) return undefined;
    return this.#changed.get(normal) ?? this.#log.get(normal);
  }

  resources(typeUrl: string): ReadonlyMap<string, Resource> {
    return typeUrl === this.#typeUrl ? this.#all ??= this.#copy() : NONE;
  }

  #copy(): ReadonlyMap<string, Resource> {
    const all = new Map([...this.#log].map((resource) => [resource.name, resource]));
    for (const name of this.#removed) all.delete(name);
    for (const [name, resource] of this.#changed) all.set(name, resource);
    return all;
  }
}

interface ChangeOfTable {
  readonly changed: ReadonlyMap<string, Resource>;
  readonly removed: ReadonlySet<string>;
}

const NONE: ReadonlyMap<string, Resource> = new Map();
const UNCHANGED: ChangeOfTable = { changed: NONE, removed: new Set() };
