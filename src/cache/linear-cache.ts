import { normalName, type Resource } from "../resource/mod.ts";
import type { Cache, Watch, Watcher, WatchRequest } from "./cache.ts";
import { encoded } from "./encode-all.ts";
import { LiveView } from "./live-view.ts";
import { UNANSWERED } from "./inert-watch.ts";
import type { Change } from "./resource-log.ts";

/** How a linear cache is set up. */
export interface LinearCacheOptions {
  /** Put before the version of the set. Default: nothing; the version is a hash of the content. */
  readonly versionPrefix?: string;
  /** What it holds at first. Default: nothing. */
  readonly resources?: Iterable<Resource>;
}

/**
 * A cache of one type, the same for every client: an ordered log of changes. Publishing costs O(what changed).
 *
 * It answers from the start: as long as it is empty, clients are told that there is nothing.
 */
export class LinearCache implements Cache {
  readonly typeUrl: string;
  readonly #prefix: string;
  readonly #view = new LiveView({ ready: true });

  /** @param typeUrl - the type that it holds; watches of other types are held and never answered */
  constructor(typeUrl: string, { versionPrefix = "", resources = [] }: LinearCacheOptions = {}) {
    this.typeUrl = typeUrl;
    this.#prefix = versionPrefix;
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

  get(name: string): Resource | undefined {
    return this.#view.log.get(normalName(name));
  }

  /** All resources, in the order in which their names first came. */
  resources(): Resource[] {
    return [...this.#view.log];
  }

  /**
   * Adds, changes and removes resources as one publication. Whoever is in sync is sent just this.
   *
   * @throws TypeError for a resource of another type, or one that cannot be encoded; then nothing is changed
   */
  apply(change: { readonly update?: Iterable<Resource>; readonly remove?: Iterable<string> }): void {
    const update = this.#checked(change.update ?? []);
    const remove = [...change.remove ?? []].map(normalName);
    this.#publish(() => this.#view.apply({ update, remove } satisfies Change));
  }

  /** Makes the cache hold these resources and no others; what is the same as before is not sent again. */
  set(resources: Iterable<Resource>): void {
    const byName = new Map(this.#checked(resources).map((resource) => [resource.name, resource]));
    this.#publish(() => this.#view.replace(byName));
  }

  watch(request: WatchRequest, watcher: Watcher): Watch {
    return request.type === this.typeUrl ? this.#view.watch(request, watcher) : UNANSWERED;
  }

  #publish(change: () => readonly string[]): void {
    const { log } = this.#view;
    log.version = undefined;
    const changed = change();
    if (this.#prefix !== "") log.version = this.#prefix + log.version;
    this.#view.wake(changed);
  }

  #checked(resources: Iterable<Resource>): Resource[] {
    const list = [...resources];
    for (const { typeUrl, name } of list) {
      if (typeUrl !== this.typeUrl) {
        throw new TypeError(`Cannot put "${name}" into a LinearCache of ${this.typeUrl}: it is a ${typeUrl}`);
      }
    }
    return encoded(list);
  }
}
