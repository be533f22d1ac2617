import type { Cache, Node, Watch, Watcher, WatchRequest } from "./cache.ts";
import { encoded } from "./encode-all.ts";
import { LiveView } from "./live-view.ts";
import type { Snapshot } from "./snapshot.ts";

/** Says which clients get the same configuration: the key of their snapshot. */
export type NodeHash = (node: Node) => string;

/** How a snapshot cache is set up. */
export interface SnapshotCacheOptions {
  /** Default: the node's id, a snapshot for each node. */
  readonly nodeHash?: NodeHash;
}

/** What a snapshot cache knows of one key. */
export interface SnapshotStatus {
  readonly key: string;
  /** Whether there is a snapshot now; where there is none its clients wait. */
  readonly hasSnapshot: boolean;
  /** For each type that somebody watches, or that the snapshot has: the version, and how many watch it. */
  readonly types: readonly { readonly typeUrl: string; readonly version: string; readonly watches: number }[];
}

/**
 * A cache of whole snapshots, one for each key. A client whose key has no snapshot waits for one; it is never told
 * that there is nothing.
 */
export class SnapshotCache implements Cache {
  readonly #nodeHash: NodeHash;
  readonly #groups = new Map<string, Group>();

  constructor({ nodeHash = (node) => node.id }: SnapshotCacheOptions = {}) {
    this.#nodeHash = nodeHash;
  }

  /**
   * Publishes a snapshot to the clients of a key, those of the future included. They are sent the differences to what
   * they have; where the content is the same, nothing.
   *
   * @throws TypeError for a resource that cannot be encoded; then nothing is changed
   */
  setSnapshot(key: string, snapshot: Snapshot): void {
    encodeNew(snapshot, this.getSnapshot(key));
    const group = this.#group(key);
    group.snapshot = snapshot;
    dropUnwatched(group);
    // Every type has its new content before anybody is told, so that no client is sent a mixture.
    const changes = [...group.views].map(([typeUrl, view]) => [view, load(view, snapshot, typeUrl)] as const);
    for (const [view, changed] of changes) view.live.wake(changed);
  }

  getSnapshot(key: string): Snapshot | undefined {
    return this.#groups.get(key)?.snapshot;
  }

  /**
   * Forgets the snapshot of a key. Clients keep what they have, and get the next snapshot as they would have
   * otherwise; new clients wait for it.
   */
  clearSnapshot(key: string): void {
    const group = this.#groups.get(key);
    if (group === undefined) return;
    group.snapshot = undefined;
    dropUnwatched(group);
    for (const { live } of group.views.values()) live.hold();
    this.#dropIfUnused(key, group);
  }

  /** What there is for each key, and who watches it. */
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

  watch(request: WatchRequest, watcher: Watcher): Watch {
    const key = this.#nodeHash(request.node);
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
      // What polls come to read again and again is not made anew for each.
      if (live.watches > 0 || group.snapshot?.resources(type).size) return;
      group.views.delete(type);
      this.#dropIfUnused(key, group);
    });
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
  /** The types that somebody watches, or has watched since the last publication. */
  readonly views: Map<string, GroupView>;
}

/** Encodes what is not in the snapshot before: of a changed copy only what changed is looked at. */
function encodeNew(snapshot: Snapshot, before: Snapshot | undefined): void {
  for (const typeUrl of snapshot.types) {
    const { id, base, resources } = snapshot.set(typeUrl);
    const known = before?.set(typeUrl).id;
    if (known === id) continue;
    encoded(base !== undefined && base.id === known ? base.update : resources.values());
  }
}

interface GroupView {
  readonly live: LiveView;
  /** The content that it has now. */
  setId: symbol | undefined;
}

function dropUnwatched({ views }: Group): void {
  for (const [type, { live }] of views) if (live.watches === 0) views.delete(type);
}

function load(view: GroupView, snapshot: Snapshot, typeUrl: string): readonly string[] {
  const { resources, version, id, base } = snapshot.set(typeUrl);
  let changed: readonly string[] = [];
  if (view.setId !== id) {
    // A snapshot made by changing the one before says what changed; any other is compared.
    changed = base !== undefined && base.id === view.setId ? view.live.apply(base) : view.live.replace(resources);
    view.setId = id;
  }
  view.live.log.version = version;
  return changed;
}
