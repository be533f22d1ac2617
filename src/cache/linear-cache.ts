import { checkOptions, normalName, type OptionNames, type Resource } from "../resource/mod.ts";
import type { Admit } from "./admit.ts";
import { admitChange, admitReplacement } from "./admit-change.ts";
import type { Cache, Watch, Watcher, WatchRequest } from "./cache.ts";
import { checkChange, namesIn, resourcesIn } from "./check-change.ts";
import { encodeAll } from "./encode-all.ts";
import { INERT_WATCH } from "./inert-watch.ts";
import { LiveView } from "./live-view.ts";
import type { Change } from "./resource-log.ts";

/** Options of {@link LinearCache}. */
export interface LinearCacheOptions {
  /** Put before the version of the set, which is a hash of its content. Default: nothing. */
  readonly versionPrefix?: string;
  /** Its first resources. Default: none. */
  readonly resources?: Iterable<Resource>;
  /**
   * Looks at a change before it is published; with an error it is refused whole. References to other types are not known
   * here. Default: all is published.
   */
  readonly admit?: Admit;
}

const OPTION_NAMES: OptionNames<LinearCacheOptions> = { versionPrefix: true, resources: true, admit: true };
const CHANGE_NAMES = { update: true, remove: true } as const;
const CHANGING = "change a LinearCache";

/**
 * A cache of one type, the same for every client: an ordered log of changes. Publishing costs O(what changed).
 *
 * It is loaded from the start: while it is empty, clients receive an empty set.
 */
export class LinearCache implements Cache {
  /** The type URL of its resources. */
  readonly typeUrl: string;
  readonly #prefix: string;
  readonly #admit: Admit | undefined;
  readonly #view = new LiveView({ ready: true });

  /**
   * A cache of one type.
   *
   * @param typeUrl - the type of its resources; watchers of other types are never called
   * @throws TypeError for a resource of another type, or one that cannot be encoded
   * @throws AdmissionError if `admit` finds an error in its first resources
   */
  constructor(typeUrl: string, options: LinearCacheOptions = {}) {
    checkOptions("make a LinearCache", options, OPTION_NAMES);
    const { versionPrefix = "", resources = [], admit } = options;
    this.typeUrl = typeUrl;
    this.#prefix = versionPrefix;
    this.#admit = admit;
    this.apply({ update: resources });
  }

  /** The version of the set: the prefix and a hash of its content, the same on every replica. */
  get version(): string {
    return this.#view.log.version;
  }

  /** The number of resources. */
  get size(): number {
    return this.#view.log.size;
  }

  /** The resource of a name; of an `xdstp:` name any spelling will do. */
  get(name: string): Resource | undefined {
    return this.#view.log.get(normalName(name));
  }

  /** All resources, in the order in which their names were first added. */
  resources(): Resource[] {
    return [...this.#view.log];
  }

  /**
   * Publishes a change. Clients in sync receive the difference only.
   *
   * @throws TypeError for a resource of another type, one that cannot be encoded, and what is no change, such as a resource
   * that is not in the list `update`; then nothing is changed
   * @throws AdmissionError if `admit` finds an error; then nothing is changed
   */
  apply(change: { readonly update?: Iterable<Resource>; readonly remove?: Iterable<string> }): void {
    checkChange(CHANGING, change, CHANGE_NAMES);
    const update = this.#checked(change.update ?? []);
    const remove = namesIn(CHANGING, change.remove ?? []).map(normalName);
    if (this.#admit !== undefined) {
      admitChange(this.#admit, { typeUrl: this.typeUrl, log: this.#view.log, update, remove });
    }
    this.#publish(() => this.#view.apply({ update, remove } satisfies Change));
  }

  /**
   * Publishes these resources, and removes all others; those with the version that they had are not sent again.
   *
   * @throws TypeError for a resource of another type, or one that cannot be encoded; then nothing is changed
   * @throws AdmissionError if `admit` finds an error; then nothing is changed
   */
  set(resources: Iterable<Resource>): void {
    const byName = new Map(this.#checked(resources).map((resource) => [resource.name, resource]));
    if (this.#admit !== undefined) {
      admitReplacement(this.#admit, { typeUrl: this.typeUrl, log: this.#view.log, resources: byName });
    }
    this.#publish(() => this.#view.replace(byName));
  }

  /** See {@link Cache.watch}. */
  watch(request: WatchRequest, watcher: Watcher): Watch {
    return request.type === this.typeUrl ? this.#view.watch(request, watcher) : INERT_WATCH;
  }

  /** See {@link Cache.explain}. */
  explain({ type }: WatchRequest): string | undefined {
    return type === this.typeUrl ? undefined : `the cache has resources of ${this.typeUrl} only`;
  }

  #publish(change: () => readonly string[]): void {
    const { log } = this.#view;
    log.version = undefined;
    const changed = change();
    if (this.#prefix !== "") log.version = this.#prefix + log.version;
    this.#view.wake(changed);
  }

  #checked(resources: Iterable<Resource>): Resource[] {
    const list = resourcesIn(CHANGING, resources);
    for (const { typeUrl, name } of list) {
      if (typeUrl !== this.typeUrl) {
        throw new TypeError(`Cannot put "${name}" into a LinearCache of ${this.typeUrl}: it is a ${typeUrl}`);
      }
    }
    return encodeAll(list);
  }
}
