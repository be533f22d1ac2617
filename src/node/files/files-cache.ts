import { setTimeout as sleep } from "node:timers/promises";
import { type Cache, Snapshot, SnapshotCache, type Watch, type Watcher, type WatchRequest } from "../../cache/mod.ts";
import {
  asPlacedProblem,
  type ClientLayers,
  compose,
  type LayerFile,
  type PlacedProblem,
  placeText,
  problemText,
  resourcesIn,
  validatePlaced,
} from "../../files/mod.ts";
import type { ValidateOptions } from "../../validate/mod.ts";
import { FileLoader, type LoadOptions } from "./load.ts";

/** Options of {@link filesCache}. */
export interface FilesCacheOptions extends LoadOptions {
  /** How problems are found beyond those of the documents; `false` for not at all. Default: all that `validate` finds. */
  readonly validate?: ValidateOptions | false;
  /** How often the files are looked at, in milliseconds. Default: 250; where that takes long, it is done less often. */
  readonly everyMs?: number;
  /** A change is published once nothing has changed for so many milliseconds. Default: 100. */
  readonly quietMs?: number;
  /** And at the latest after so many milliseconds. Default: 2000. */
  readonly maxWaitMs?: number;
  /** Called after each attempt to publish. Default: nothing is called. */
  readonly onPublication?: (publication: FilesPublication) => void;
}

/** What came of a change of the files. */
export interface FilesPublication {
  /** Whether it was published; otherwise the former configuration is served on. */
  readonly isPublished: boolean;
  /** Errors, and warnings. */
  readonly problems: readonly PlacedProblem[];
  /** The number of files. */
  readonly files: number;
  /** The number of resources of all layers. */
  readonly resources: number;
}

/** The state of a cache of files. */
export interface FilesStatus extends FilesPublication {
  /** When it was published last; undefined if it never was. */
  readonly publishedAt: Date | undefined;
  /** Whether the files are as they are served: false after a change with errors. */
  readonly isCurrent: boolean;
}

/** Files contain errors. */
export class FilesError extends Error {
  /** All problems, warnings too. */
  readonly problems: readonly PlacedProblem[];

  /** @param problems - at least one error */
  constructor(problems: readonly PlacedProblem[]) {
    super(problems.filter(({ severity }) => severity === "error").map(problemText).join("\n"));
    this.name = "FilesError";
    this.problems = problems;
  }
}

/** Files as a cache, which is kept up to date. */
export interface FilesCache extends Cache, AsyncDisposable {
  /** How it is doing. */
  status(): FilesStatus;
  /** Looks at the files now. @returns once what has changed is published or refused */
  reload(): Promise<FilesPublication>;
  /** Stops looking at the files. Clients keep what they have. */
  close(): Promise<void>;
}

/**
 * Serves files: each client has the resources of all files, with those of `clusters/<cluster of its node>` and
 * `nodes/<id of its node>` above them. A change is published as a whole, or not at all: with an error in any file the last
 * good configuration stays.
 *
 * Files are looked at again and again, rather than watched: that sees all ways to replace a file on all file systems.
 *
 * @param paths - directories, and files
 * @throws FilesError if there are errors at the start
 */
export async function filesCache(paths: readonly string[], options: FilesCacheOptions = {}): Promise<FilesCache> {
  const cache = new FollowedFiles(paths, options);
  const first = await cache.reload();
  if (!first.isPublished) throw new FilesError(first.problems);
  void cache.follow();
  return cache;
}

class FollowedFiles implements FilesCache {
  readonly #loader: FileLoader;
  readonly #options: FilesCacheOptions;
  readonly #snapshots = new SnapshotCache({ nodeHash: ({ id, cluster }) => JSON.stringify([id, cluster]) });
  /** The open watches of each key: only these have a snapshot. */
  readonly #watches = new Map<string, { readonly client: ClientLayers; count: number }>();
  readonly #abort = new AbortController();
  #files: readonly LayerFile[] = [];
  /** The snapshots by their layers, so that clients of the same layers share one. */
  #composed = new Map<string, Snapshot | undefined>();
  #former = new Map<string, Snapshot | undefined>();
  #status: FilesStatus = {
    isPublished: false,
    isCurrent: false,
    publishedAt: undefined,
    problems: [],
    files: 0,
    resources: 0,
  };
  #stamp: string | undefined = undefined;
  #reloading: Promise<FilesPublication> | undefined = undefined;

  constructor(paths: readonly string[], options: FilesCacheOptions) {
    this.#loader = new FileLoader(paths, options);
    this.#options = options;
  }

  status(): FilesStatus {
    return this.#status;
  }

  reload(): Promise<FilesPublication> {
    return this.#reloading ??= this.#reload().finally(() => this.#reloading = undefined);
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#reloading;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  watch(request: WatchRequest, watcher: Watcher): Watch {
    const { id, cluster } = request.node;
    const key = JSON.stringify([id, cluster]);
    let open = this.#watches.get(key);
    if (open === undefined) {
      this.#watches.set(key, open = { client: { node: id, cluster }, count: 0 });
      this.#serve(key, open.client);
    }
    open.count++;
    const watch = this.#snapshots.watch(request, watcher);
    let isOpen = true;
    return {
      subscriptionChanged: (change) => watch.subscriptionChanged(change),
      close: () => {
        watch.close();
        if (!isOpen) return;
        isOpen = false;
        if (--open.count > 0 || this.#watches.get(key) !== open) return;
        this.#watches.delete(key);
        this.#snapshots.clearSnapshot(key);
      },
    };
  }

  /** Looks at the files until it is closed. */
  async follow(): Promise<void> {
    const { signal } = this.#abort;
    const { everyMs = 250, quietMs = 100, maxWaitMs = 2_000 } = this.#options;
    let waitMs = everyMs;
    while (await pause(waitMs, signal)) {
      const started = performance.now();
      let stamp = await this.#loader.stamp();
      waitMs = Math.max(everyMs, 10 * (performance.now() - started));
      if (stamp === this.#stamp) continue;
      for (let last = ""; stamp !== last && performance.now() - started < maxWaitMs;) {
        last = stamp;
        if (!await pause(quietMs, signal)) return;
        stamp = await this.#loader.stamp();
      }
      await this.reload().catch(reportError);
    }
  }

  async #reload(): Promise<FilesPublication> {
    const stamp = await this.#loader.stamp();
    const { files, problems: unread } = await this.#loader.load();
    // Where it has changed since, the next look sees that.
    this.#stamp = stamp;
    const problems = [...unread.map(asPlacedProblem), ...unread.length > 0 ? [] : this.#problemsOf(files)];
    const isPublished = !problems.some(({ severity }) => severity === "error");
    if (isPublished) this.#publish(files);
    const resources = files.reduce((sum, { content }) => sum + content.resources.length, 0);
    const publication = { isPublished, problems, files: files.length, resources };
    const publishedAt = isPublished ? new Date() : this.#status.publishedAt;
    this.#status = { ...publication, publishedAt, isCurrent: isPublished };
    this.#options.onPublication?.(publication);
    return publication;
  }

  #publish(files: readonly LayerFile[]): void {
    this.#files = files;
    this.#former = this.#composed;
    this.#composed = new Map();
    for (const [key, { client }] of this.#watches) this.#serve(key, client);
    this.#former = new Map();
  }

  /** Of everyone, of each layer, and of the clients of two layers that are connected. */
  #problemsOf(files: readonly LayerFile[]): PlacedProblem[] {
    const clients = new Map<string, ClientLayers>([["", {}]]);
    for (const { layer } of files) {
      if (layer.of !== "all") clients.set(`${layer.of} ${layer.name}`, { [layer.of]: layer.name });
    }
    for (const { client } of this.#watches.values()) {
      const layers = layersOf(client, files);
      if (layers.node !== undefined && layers.cluster !== undefined) clients.set(JSON.stringify(layers), layers);
    }
    const found = [...clients.values()].flatMap((client) => this.#check(files, client));
    // What is wrong for all is wrong in each layer.
    return [...new Map(found.map((each) => [`${placeText(each)} ${problemText(each)}`, each])).values()];
  }

  #check(files: readonly LayerFile[], client: ClientLayers): PlacedProblem[] {
    const composition = compose(files, client);
    const problems = composition.problems.map(asPlacedProblem);
    const { validate } = this.#options;
    if (validate === false || problems.length > 0) return problems;
    return validatePlaced(composition.resources, validate);
  }

  #serve(key: string, client: ClientLayers): void {
    const layers = layersOf(client, this.#files);
    const name = JSON.stringify(layers);
    if (!this.#composed.has(name)) this.#composed.set(name, this.#compose(layers, this.#former.get(name)));
    const snapshot = this.#composed.get(name);
    if (snapshot !== undefined && snapshot !== this.#snapshots.getSnapshot(key)) {
      this.#snapshots.setSnapshot(key, snapshot);
    }
  }

  /** Undefined if layers that are fine alone are not so together: then it is as with files that have errors. */
  #compose(layers: ClientLayers, former: Snapshot | undefined): Snapshot | undefined {
    const isOfTwo = layers.node !== undefined && layers.cluster !== undefined;
    if (isOfTwo) {
      const problems = this.#check(this.#files, layers);
      if (problems.some(({ severity }) => severity === "error")) {
        const { files, resources } = this.#status;
        this.#options.onPublication?.({ isPublished: false, problems, files, resources });
        return former;
      }
    }
    const resources = resourcesIn(compose(this.#files, layers));
    if (former === undefined) return new Snapshot({ resources });
    const isNew = (each: typeof resources[number]) => former.get(each.typeUrl, each.name)?.version !== each.version;
    const names = new Set(resources.map(({ typeUrl, name }) => `${typeUrl}\n${name}`));
    const all = former.types.flatMap((typeUrl) => [...former.resources(typeUrl).values()]);
    const remove = all.filter(({ typeUrl, name }) => !names.has(`${typeUrl}\n${name}`));
    const update = resources.filter(isNew);
    return update.length + remove.length === 0 ? former : former.with({ update, remove });
  }
}

/** The layers of a client that have files. */
function layersOf({ node, cluster }: ClientLayers, files: readonly LayerFile[]): ClientLayers {
  const has = (of: "node" | "cluster", name: string | undefined) =>
    files.some(({ layer }) => layer.of === of && layer.name === name);
  return { ...has("cluster", cluster) && { cluster }, ...has("node", node) && { node } };
}

/** A callback of the user has thrown: files are followed all the same. */
function reportError(error: unknown): void {
  console.error("A publication of files has failed:", error);
}

async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal, ref: false });
    return true;
  } catch {
    return false;
  }
}
