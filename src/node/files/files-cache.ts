import { setTimeout as sleep } from "node:timers/promises";
import {
  type Cache,
  type Node,
  type Snapshot,
  SnapshotCache,
  type Watch,
  type Watcher,
  type WatchRequest,
} from "../../cache/mod.ts";
import { asPlacedProblem, type ClientLayers, type PlacedProblem, problemText } from "../../files/mod.ts";
import type { ValidateOptions } from "../../validate/mod.ts";
import { LayeredFiles, validatorOf } from "./layered-files.ts";
import { FileLoader, type LoadOptions } from "./load.ts";
import { FilesError, type FilesPublication, type FilesStatus, isError } from "./publication.ts";

/** Options of {@link filesCache}. */
export interface FilesCacheOptions extends LoadOptions {
  /**
   * How problems are found beyond those of the documents; `false` for not at all. Default: all that `validate` finds, where
   * a reference that leads nowhere is an error: `{ rules: { reference: "error" } }`.
   */
  readonly validate?: ValidateOptions | false;
  /** How often the files are looked at, in milliseconds. Default: 250; where that takes long, it is done less often. */
  readonly everyMs?: number;
  /** A change is published once nothing has changed for so many milliseconds. Default: 100. */
  readonly quietMs?: number;
  /** And at the latest after so many milliseconds. Default: 2000. */
  readonly maxWaitMs?: number;
  /** Called after each attempt to publish. What it throws goes to `console.error`. Default: nothing is called. */
  readonly onPublication?: (publication: FilesPublication) => void;
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

/** A client, and how many watches of it are open. */
interface Client {
  readonly layers: ClientLayers;
  watches: number;
}

class FollowedFiles implements FilesCache {
  readonly #loader: FileLoader;
  readonly #options: FilesCacheOptions;
  readonly #validator: ReturnType<typeof validatorOf>;
  readonly #snapshots = new SnapshotCache({ nodeHash: (node) => keyOf(layersOf(node)) });
  /** By the key of their snapshot: only these have one. */
  readonly #clients = new Map<string, Client>();
  readonly #abort = new AbortController();
  #files = new LayeredFiles([], undefined);
  /** The snapshots by their layers, so that clients of the same layers share one. */
  #composed = new Map<string, Snapshot | undefined>();
  #former = new Map<string, Snapshot | undefined>();
  #status: FilesStatus = NEVER;
  /** Of the files when they were loaded last. */
  #stamp = "";
  #reloading: Promise<unknown> = Promise.resolve();

  constructor(paths: readonly string[], options: FilesCacheOptions) {
    this.#loader = new FileLoader(paths, options);
    this.#options = options;
    this.#validator = validatorOf(options.validate);
  }

  status(): FilesStatus {
    return { ...this.#status, problems: [...this.#status.problems, ...this.#problemsOfClients()] };
  }

  sourceErrors(node?: Node): readonly string[] {
    const { problems } = this.#status;
    const all = [...problems, ...node ? this.#problemsOf(layersOf(node)) : this.#problemsOfClients()];
    return all.filter(isError).map(problemText);
  }

  explain({ node }: WatchRequest): string | undefined {
    const layers = layersOf(node);
    if (this.#snapshots.getSnapshot(keyOf(layers)) !== undefined) return undefined;
    const [first] = this.#problemsOf(layers).filter(isError);
    return first && `the files cannot be served to node ${keyOf(layers)}: ${problemText(first)}`;
  }

  reload(): Promise<FilesPublication> {
    // One after another: one that has begun may have read a file before it changed.
    const result = this.#reloading.then(() => this.#reload());
    this.#reloading = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#reloading;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  watch(request: WatchRequest, watcher: Watcher): Watch {
    const layers = layersOf(request.node);
    const key = keyOf(layers);
    let client = this.#clients.get(key);
    if (client === undefined) {
      this.#clients.set(key, client = { layers, watches: 0 });
      this.#serve(key, client);
    }
    client.watches++;
    const watch = this.#snapshots.watch(request, watcher);
    let isOpen = true;
    return {
      subscriptionChanged: (change) => watch.subscriptionChanged(change),
      close: () => {
        watch.close();
        if (!isOpen) return;
        isOpen = false;
        if (--client.watches > 0 || this.#clients.get(key) !== client) return;
        this.#clients.delete(key);
        this.#snapshots.clearSnapshot(key);
      },
    };
  }

  /** Looks at the files until it is closed. */
  async follow(): Promise<void> {
    const { everyMs = 250 } = this.#options;
    let waitMs = everyMs;
    while (await this.#pause(waitMs)) {
      try {
        const started = performance.now();
        const stamp = await this.#loader.stamp();
        // At most a tenth of the time is spent with it.
        waitMs = Math.max(everyMs, 10 * (performance.now() - started));
        if (stamp !== this.#stamp && await this.#untilQuiet(stamp)) await this.reload();
      } catch (error) {
        reportError(error);
      }
    }
  }

  /** Waits until the files stay as they are. @returns false if it was closed */
  async #untilQuiet(first: string): Promise<boolean> {
    const { quietMs = 100, maxWaitMs = 2_000 } = this.#options;
    const until = performance.now() + maxWaitMs;
    for (let before = "", stamp = first; stamp !== before && performance.now() < until;) {
      before = stamp;
      if (!await this.#pause(quietMs)) return false;
      stamp = await this.#loader.stamp();
    }
    return true;
  }

  async #reload(): Promise<FilesPublication> {
    const { files, problems: unread, stamp } = await this.#loader.load();
    this.#stamp = stamp;
    const next = new LayeredFiles(files, this.#validator);
    // A client that cannot be served as it is must not keep a change from all others: its node is what it says itself.
    const served = (layers: ClientLayers) => this.#files.isValid(this.#files.layersOf(layers));
    const clients = [...this.#clients.values()].map(({ layers }) => layers).filter(served);
    const problems = unread.length > 0 ? unread.map(asPlacedProblem) : next.problemsOf(clients);
    const isPublished = !problems.some(isError);
    const publication = { isPublished, problems, files: next.fileCount, resources: next.resourceCount };
    const publishedAt = isPublished ? new Date() : this.#status.publishedAt;
    this.#status = { ...publication, publishedAt, isCurrent: isPublished };
    if (isPublished) this.#publish(next);
    this.#report(publication);
    return publication;
  }

  #publish(files: LayeredFiles): void {
    this.#files = files;
    this.#former = this.#composed;
    this.#composed = new Map();
    for (const [key, client] of this.#clients) this.#serve(key, client);
    this.#former = new Map();
  }

  #serve(key: string, client: Client): void {
    const layers = this.#files.layersOf(client.layers);
    const name = JSON.stringify(layers);
    if (!this.#composed.has(name)) this.#composed.set(name, this.#compose(layers, this.#former.get(name)));
    const snapshot = this.#composed.get(name);
    if (snapshot !== undefined && snapshot !== this.#snapshots.getSnapshot(key)) {
      this.#snapshots.setSnapshot(key, snapshot);
    }
  }

  /** Which layers a client has shows once it is connected, and they may be wrong together, or one without the other. */
  #compose(layers: ClientLayers, former: Snapshot | undefined): Snapshot | undefined {
    if (this.#files.isValid(layers)) return this.#files.snapshotOf(layers, former);
    const problems = this.#files.problemsOfOne(layers);
    const { files, resources } = this.#status;
    this.#report({ isPublished: false, problems, files, resources, client: layers });
    return former;
  }

  /** What keeps clients that are connected from what the files have. */
  #problemsOfClients(): PlacedProblem[] {
    const all = new Map([...this.#clients.values()].map(({ layers }) => {
      const own = this.#files.layersOf(layers);
      return [JSON.stringify(own), own];
    }));
    return [...all.values()].flatMap((each) => this.#problemsOf(each));
  }

  #problemsOf(layers: ClientLayers): PlacedProblem[] {
    const own = this.#files.layersOf(layers);
    return this.#files.isValid(own) ? [] : this.#files.problemsOfOne(own).map((each) => ({ ...each, layers: own }));
  }

  #report(publication: FilesPublication): void {
    try {
      this.#options.onPublication?.(publication);
    } catch (error) {
      reportError(error);
    }
  }

  /** @returns false if it was closed */
  async #pause(ms: number): Promise<boolean> {
    try {
      await sleep(ms, undefined, { signal: this.#abort.signal, ref: false });
      return true;
    } catch {
      return false;
    }
  }
}

function layersOf({ id, cluster }: Node): Required<ClientLayers> {
  return { node: id, cluster };
}

function keyOf({ node, cluster }: ClientLayers): string {
  return JSON.stringify([node, cluster]);
}

/** Files are followed all the same. */
function reportError(error: unknown): void {
  console.error("Cannot follow the files:", error);
}

const NEVER: FilesStatus = {
  isPublished: false,
  isCurrent: false,
  publishedAt: undefined,
  problems: [],
  files: 0,
  resources: 0,
};
