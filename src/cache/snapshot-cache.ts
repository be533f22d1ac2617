import { checkOptions, type OptionNames } from "../resource/mod.ts";
import type { Admit } from "./admit.ts";
import { admitSnapshot } from "./admit-snapshot.ts";
import type { Cache, Node, Watch, Watcher, WatchRequest } from "./cache.ts";
import { checkPublished } from "./check-published.ts";
import { encodeAll } from "./encode-all.ts";
import { EqualResources, isEqual } from "./equal-resources.ts";
import { EqualSets } from "./equal-sets.ts";
import { FirstError } from "./first-error.ts";
import { LiveView } from "./live-view.ts";
import { noSnapshot } from "./no-snapshot.ts";
import { uselessResult } from "./rejection.ts";
import type { Snapshot, SnapshotChange } from "./snapshot.ts";
import { changedSnapshot, type SnapshotContent, snapshotFrom } from "./snapshot-from.ts";
import { changesOf, shareResources, shareSet, type SnapshotSet } from "./snapshot-set.ts";

/** The key of a client's snapshot. Clients with the same key have the same configuration. */
export type NodeHash = (node: Node) => string;

/** Options of {@link SnapshotCache}. */
export interface SnapshotCacheOptions {
  /** Groups clients by snapshot. Default: the id of the node, a snapshot for each. */
  readonly nodeHash?: NodeHash;
  /** Looks at what a snapshot changes before it is published; with an error it is refused whole. Default: all is published. */
  readonly admit?: Admit;
  /**
   * Refuses a snapshot in which `Snapshot.check` finds a problem: a reference to what it does not have, a name that is given
   * twice. That takes a look at every resource that is new, and at all references. Default: false.
   */
  readonly check?: boolean;
}

const OPTION_NAMES: OptionNames<SnapshotCacheOptions> = { nodeHash: true, admit: true, check: true };

/** The state of one key of a snapshot cache. */
export interface SnapshotStatus {
  /** The key. */
  readonly key: string;
  /** Whether the key has a snapshot; otherwise its clients wait for one. */
  readonly hasSnapshot: boolean;
  /** The types of the snapshot, and those with watches: the version, and the number of open watches. */
  readonly types: readonly { readonly typeUrl: string; readonly version: string; readonly watches: number }[];
}

/**
 * A cache of whole snapshots, one for each key. A client whose key has no snapshot waits for one, and does not receive
 * an empty set.
 *
 * Invariant: the views of a key have the content of its snapshot; if it has none, they are not ready.
 */
export class SnapshotCache implements Cache {
  readonly #nodeHash: NodeHash;
  readonly #admit: Admit | undefined;
  readonly #check: boolean;
  readonly #groups = new Map<string, Group>();
  readonly #known = new EqualResources();
  readonly #knownSets = new EqualSets();
  /** The sets whose resources are known. */
  readonly #shared = new WeakSet<SnapshotSet>();

  /** A cache without snapshots. @throws TypeError for an option that is not known */
  constructor(options: SnapshotCacheOptions = {}) {
    checkOptions("make a SnapshotCache", options, OPTION_NAMES);
    const { nodeHash = (node) => node.id, admit, check = false } = options;
    this.#check = check;
    this.#nodeHash = nodeHash;
    this.#admit = admit;
  }

  /**
   * Publishes a snapshot to the present and future clients of a key. They receive the difference to the resources that
   * they have; if the content is the same, nothing.
   *
   * @param key - the key, by default the id of the clients' node
   * @param content - the snapshot, or its resources in any order
   * @throws TypeError for a resource that cannot be encoded; then nothing is changed. What a watcher of your own throws is
   * thrown once all others were called.
   * @throws AdmissionError if `admit` finds an error, or `check` a problem; then nothing is changed
   */
  setSnapshot(key: string, content: SnapshotContent): void {
    const snapshot = snapshotFrom(content);
    const before = this.getSnapshot(key);
    if (this.#check) checkPublished(snapshot);
    // First, since messages that are not encoded yet need not be decoded to be looked at.
    if (this.#admit !== undefined) admitSnapshot(this.#admit, snapshot, before);
    encodeNew(snapshot, before);
    const group = this.#group(key);
    this.#share(snapshot, before);
    group.snapshot = snapshot;
    dropUnwatched(group);
    // All types are loaded before the first watcher is called, so that no client receives a mixture.
    const changes = [...group.views].map(([typeUrl, view]) => [view, load(view, snapshot, typeUrl)] as const);
    const errors = new FirstError();
    for (const [view, changed] of changes) {
      try {
        view.live.wake(changed);
      } catch (error) {
        errors.add(error);
      }
    }
    errors.end();
  }

  /**
   * Publishes a changed copy of the snapshot of a key, in O(what changes): see {@link Snapshot.with}.
   *
   * @param key - a key that has a snapshot. To begin with an empty one would take all else from clients that are
   * connected already, such as after a restart of the server.
   * @param change - what to add, replace and remove
   * @throws Error if the key has no snapshot; otherwise as {@link setSnapshot}
   */
  updateSnapshot(key: string, change: SnapshotChange): void {
    this.setSnapshot(key, changedSnapshot(key, this.getSnapshot(key), change));
  }

  /** The snapshot of a key; undefined if it has none. */
  getSnapshot(key: string): Snapshot | undefined {
    return this.#groups.get(key)?.snapshot;
  }

  /**
   * Removes the snapshot of a key. Its clients keep their resources until the next snapshot, and then receive the
   * difference; new clients wait for it.
   */
  clearSnapshot(key: string): void {
    const group = this.#groups.get(key);
    if (group === undefined) return;
    group.snapshot = undefined;
    dropUnwatched(group);
    for (const { live } of group.views.values()) live.withdraw();
    this.#dropIfUnused(key, group);
  }

  /** The state of each key that has a snapshot or a watch. */
  status(): SnapshotStatus[] {
    return [...this.#groups].map(([key, { snapshot, views }]) => ({
      key,
      hasSnapshot: snapshot !== undefined,
      types: [...new Set([...snapshot?.types ?? [], ...views.keys()])].map((typeUrl) => ({
        typeUrl,
        version: snapshot?.version(typeUrl) ?? "",
        watches: views.get(typeUrl)?.live.watches ?? 0,
      })),
    }));
  }

  /** See {@link Cache.watch}. */
  watch(request: WatchRequest, watcher: Watcher): Watch {
    const key = this.#keyOf(request.node);
    const group = this.#group(key);
    const { type } = request;
    let view = group.views.get(type);
    if (view === undefined) {
      view = { live: new LiveView({ ready: group.snapshot !== undefined }), setId: undefined };
      group.views.set(type, view);
      if (group.snapshot !== undefined) load(view, group.snapshot, type);
    }
    const { live } = view;
    return live.watch(request, watcher, () => {
      // Polls watch for a moment each, so the view of a type with resources stays for the next one.
      if (live.watches > 0 || group.snapshot?.resources(type).size) return;
      group.views.delete(type);
      this.#dropIfUnused(key, group);
    });
  }

  /** See {@link Cache.explain}. */
  explain({ node }: WatchRequest): string | undefined {
    const key = this.#keyOf(node);
    return this.getSnapshot(key) === undefined ? noSnapshot(node, key, this.#groups) : undefined;
  }

  #keyOf(node: Node): string {
    const key = this.#nodeHash(node);
    if (typeof key !== "string") throw uselessResult(key, "Cannot watch: nodeHash must return a text");
    return key;
  }

  /** Holds resources that are equal once: those that were published before, for this key or for others. */
  #share(snapshot: Snapshot, before: Snapshot | undefined): void {
    for (const typeUrl of snapshot.types) {
      const [set, old] = [snapshot.set(typeUrl), before?.set(typeUrl)];
      // A snapshot of many keys is looked at once.
      if (this.#shared.has(set)) continue;
      this.#shared.add(set);
      shareResources(set, old, (resource) => {
        const former = old?.resources.get(resource.name);
        if (former !== undefined && isEqual(former, resource)) return former;
        return this.#groups.size > 1 ? this.#known.share(resource) : resource;
      });
      if (this.#groups.size > 1) shareSet(set, this.#knownSets);
    }
  }

  #group(key: string): Group {
    let group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, group = { snapshot: undefined, views: new Map() });
    return group;
  }

  #dropIfUnused(key: string, group: Group): void {
    if (group.snapshot === undefined && group.views.size === 0 && this.#groups.get(key) === group) {
      this.#groups.delete(key);
    }
  }
}

interface Group {
  snapshot: Snapshot | undefined;
  /** The views of the types that are watched, or were since the last publication, by type URL. */
  readonly views: Map<string, GroupView>;
}

/** Encodes the resources that the snapshot before did not have. */
function encodeNew(snapshot: Snapshot, before: Snapshot | undefined): void {
  for (const typeUrl of snapshot.types) encodeAll(changesOf(snapshot.set(typeUrl), before?.set(typeUrl)));
}

interface GroupView {
  readonly live: LiveView;
  /** The `id` of the set that it has the content of; undefined for none. */
  setId: symbol | undefined;
}

function dropUnwatched({ views }: Group): void {
  for (const [type, { live }] of views) if (live.watches === 0) views.delete(type);
}

function load(view: GroupView, snapshot: Snapshot, typeUrl: string): readonly string[] {
  const { resources, version, id, base } = snapshot.set(typeUrl);
  let changed: readonly string[] = [];
  if (view.setId !== id) {
    // A set made by changing the one before has the difference to it; any other is compared.
    changed = base !== undefined && base.id === view.setId ? view.live.apply(base) : view.live.replace(resources);
    view.setId = id;
  }
  view.live.log.version = version;
  return changed;
}
