import {
  type Admit,
  admitSnapshot,
  encodeAll,
  Snapshot,
  type SnapshotChange,
  type SnapshotContent,
  snapshotFrom,
} from "../cache/mod.ts";
import { Blobs } from "./blobs.ts";
import { collect, type Collected, type CollectOptions } from "./collect.ts";
import { type Engine, RevisionConflict } from "./engine.ts";
import { inParallel } from "./in-parallel.ts";
import {
  decodeManifest,
  encodeManifest,
  encodePage,
  encodeReference,
  type Manifest,
  manifestKey,
  pageCount,
  type PageEntry,
  pageOf,
  type TypeManifest,
  WRITERS,
} from "./manifest.ts";
import { resolveManifest } from "./resolve-manifest.ts";
import { MissingBlob, readSnapshot, type StoredSnapshot } from "./stored-snapshot.ts";

/** Options of {@link SnapshotStore}. */
export interface SnapshotStoreOptions {
  /** Looks at what a snapshot changes before it is published; with an error it is refused whole. Default: all is published. */
  readonly admit?: Admit;
}

/** Options of a publication. */
export interface PublishOptions {
  /** The revision that the key must have, 0 for none: otherwise it is refused. Default: any; conflicts are retried. */
  readonly ifRevision?: number;
}

/** What was published. */
export interface Published {
  /** The revision of the key. */
  readonly revision: number;
  /** The values written, and their bytes: nothing if the snapshot is the same as before. */
  readonly written: { readonly values: number; readonly bytes: number };
}

/** A snapshot with its revision. */
export interface StoredRevision {
  /** The snapshot; undefined if the key has none. */
  readonly snapshot: Snapshot | undefined;
  /** The revision of the key; 0 if it never had a snapshot. */
  readonly revision: number;
}

/**
 * Snapshots on an engine that several writers and replicas share. The content of each resource is stored once, by its
 * hash; a small manifest for each key refers to it, and is written last, depending on the revision that was read: a
 * snapshot appears whole or not at all.
 */
export class SnapshotStore {
  /** The engine. */
  readonly engine: Engine;
  readonly #blobs: Blobs;
  readonly #admit: Admit | undefined;
  /** What this writer has read or written last, by key. */
  readonly #known = new Map<string, { readonly revision: number; readonly stored: StoredSnapshot }>();

  /** A store on an engine. */
  constructor(engine: Engine, { admit }: SnapshotStoreOptions = {}) {
    this.engine = engine;
    this.#admit = admit;
    this.#blobs = new Blobs(engine);
  }

  /**
   * Publishes a snapshot: to all replicas, or not at all.
   *
   * @throws TypeError for a resource that cannot be encoded, AdmissionError if `admit` finds an error, RevisionConflict if
   * the key has not the revision asked for; then nothing is published. An error of the engine may mean either; publishing
   * again is safe.
   */
  publish(key: string, snapshot: SnapshotContent, options: PublishOptions = {}): Promise<Published> {
    const wanted = snapshotFrom(snapshot);
    return this.#write(key, () => wanted, options);
  }

  /** Publishes a change of what the key has, whoever has published that. See {@link publish}. */
  update(key: string, change: SnapshotChange, options: PublishOptions = {}): Promise<Published> {
    return this.#write(key, (before) => (before ?? new Snapshot()).with(change), options);
  }

  /** Removes the snapshot of a key: its clients keep what they have, and new clients wait. See {@link publish}. */
  clear(key: string, options: PublishOptions = {}): Promise<Published> {
    return this.#write(key, () => undefined, options);
  }

  /** Reads a snapshot. */
  async get(key: string): Promise<StoredRevision> {
    const { revision, stored } = await this.#read(key);
    return { revision, snapshot: stored.snapshot };
  }

  /** Deletes content that no manifest refers to, and that no writer is about to refer to. */
  collect(options: CollectOptions = {}): Promise<Collected> {
    return collect(this.engine, options);
  }

  /** Closes the engine. */
  close(): Promise<void> {
    return this.engine.close();
  }

  async #write(
    key: string,
    change: (before: Snapshot | undefined) => Snapshot | undefined,
    { ifRevision }: PublishOptions,
  ): Promise<Published> {
    const manifest = await manifestKey(key);
    for (let attempt = 0;; attempt++) {
      const before = await this.#read(key);
      if (ifRevision !== undefined && ifRevision !== before.revision) {
        throw new RevisionConflict(key, { expected: ifRevision, found: before.revision });
      }
      const after = change(before.stored.snapshot);
      if (after !== undefined) {
        if (this.#admit !== undefined) admitSnapshot(this.#admit, after, before.stored.snapshot);
        for (const typeUrl of after.types) encodeAll(after.resources(typeUrl).values());
      }
      try {
        return await this.#commit({ key, manifest, before, after });
      } catch (error) {
        this.#known.delete(key);
        if (!(error instanceof RevisionConflict) || ifRevision !== undefined || attempt >= MAX_ATTEMPTS) throw error;
        // Writers that have met do not meet again and again.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(5 * 2 ** attempt, 500)));
      }
    }
  }

  async #read(key: string): Promise<{ readonly revision: number; readonly stored: StoredSnapshot }> {
    const manifest = await manifestKey(key);
    for (let entry = await this.engine.get(manifest); entry !== undefined;) {
      const known = this.#known.get(key);
      const { revision, value } = entry;
      if (known?.revision === revision) return known;
      try {
        const resolved = await resolveManifest(this.#blobs, decodeManifest(value));
        const read = { revision, stored: await readSnapshot(this.#blobs, resolved, known?.stored) };
        this.#known.set(key, read);
        return read;
      } catch (error) {
        // Its content may have been collected since another one has replaced it.
        entry = await this.engine.get(manifest);
        if (!(error instanceof MissingBlob) || entry === undefined || entry.revision === revision) throw error;
      }
    }
    return { revision: 0, stored: { key, snapshot: undefined, types: new Map() } };
  }

  async #commit({ key, manifest, before, after }: Commit): Promise<Published> {
    const { stored, revision } = before;
    if (after === undefined) {
      if (stored.snapshot === undefined) return { revision, written: NOTHING };
    } else if (isSame(stored.snapshot, after)) return { revision, written: NOTHING };

    // Before all content, so that a collection leaves alone what is written after it.
    const writer = `${WRITERS}${crypto.randomUUID()}`;
    const intent = new TextEncoder().encode(JSON.stringify({ key, at: new Date().toISOString() }));
    const counted = new Counted(this.engine);
    const intentRevision = await counted.putIf(writer, intent, 0);
    try {
      const next = await this.#writeContent(new Blobs(counted), { key, stored, after });
      const value = await this.#manifestValue(new Blobs(counted), next.manifest);
      const written = await counted.putIf(manifest, value, revision);
      this.#known.set(key, { revision: written, stored: next.stored });
      return { revision: written, written: { values: counted.values, bytes: counted.bytes } };
    } finally {
      // If it stays, the next collection removes it.
      await this.engine.putIf(writer, undefined, intentRevision).catch(() => {});
    }
  }

  async #manifestValue(blobs: Blobs, manifest: Manifest): Promise<Uint8Array> {
    const value = encodeManifest(manifest);
    if (value.length <= Math.min(MAX_MANIFEST, this.engine.maxValueBytes)) return value;
    return encodeReference(manifest.key, await blobs.put(value));
  }

  async #writeContent(
    blobs: Blobs,
    { key, stored, after }: {
      readonly key: string;
      readonly stored: StoredSnapshot;
      readonly after: Snapshot | undefined;
    },
  ): Promise<{ readonly manifest: Manifest; readonly stored: StoredSnapshot }> {
    if (after === undefined) {
      const none = { key, snapshot: undefined, types: new Map() };
      return { manifest: { key, types: undefined, version: undefined }, stored: none };
    }
    const types = new Map<string, { manifest: TypeManifest; pages: readonly (readonly PageEntry[])[] }>();
    for (const typeUrl of after.types) {
      const set = after.set(typeUrl);
      const old = stored.types.get(typeUrl);
      const count = pageCount(set.resources.size, old?.pages.length);
      const known = new Map(old?.pages.flat().map((entry) => [entry.name, entry] as const));
      const entries = await inParallel([...set.resources.values()], async (resource): Promise<PageEntry> => {
        const { name, version, bytes, ttlMs, aliases } = resource;
        const entry = known.get(name);
        if (entry?.version === version) return entry;
        return { name, version, hash: await blobs.put(bytes as Uint8Array<ArrayBuffer>), ttlMs, aliases };
      });
      const pages: PageEntry[][] = Array.from({ length: count }, () => []);
      for (const entry of entries) pages[pageOf(entry.name, count)]!.push(entry);
      const hashes = await inParallel([...pages.keys()], (i) => {
        const former = old?.pages.length === count ? old.pages[i]! : undefined;
        if (former !== undefined && isSamePage(former, pages[i]!)) return Promise.resolve(old!.manifest.pages[i]!);
        return blobs.put(encodePage(pages[i]!));
      });
      const manifest = { typeUrl, version: set.version, size: set.resources.size, pages: hashes };
      types.set(typeUrl, { manifest, pages });
    }
    const version = after.set("").version;
    const manifest = { key, version, types: [...types.values()].map((each) => each.manifest) };
    return { manifest, stored: { key, snapshot: after, types } };
  }
}

interface Commit {
  readonly key: string;
  readonly manifest: string;
  readonly before: { readonly revision: number; readonly stored: StoredSnapshot };
  readonly after: Snapshot | undefined;
}

const NOTHING = { values: 0, bytes: 0 } as const;
/** A larger one is written as a blob, so that watches of manifests stay small. */
const MAX_MANIFEST = 64 * 1024;
const MAX_ATTEMPTS = 50;

/** Whether clients would see no difference. */
function isSame(before: Snapshot | undefined, after: Snapshot): boolean {
  if (before === undefined || before.set("").version !== after.set("").version) return false;
  const types = new Set([...before.types, ...after.types]);
  return [...types].every((typeUrl) => {
    const [old, set] = [before.set(typeUrl), after.set(typeUrl)];
    if (old.id === set.id) return true;
    if (old.version !== set.version || old.resources.size !== set.resources.size) return false;
    if (before.types.includes(typeUrl) !== after.types.includes(typeUrl)) return false;
    return [...set.resources].every(([name, { version }]) => old.resources.get(name)?.version === version);
  });
}

function isSamePage(before: readonly PageEntry[], after: readonly PageEntry[]): boolean {
  if (before.length !== after.length) return false;
  const versions = new Map(before.map(({ name, version }) => [name, version]));
  return after.every(({ name, version }) => versions.get(name) === version);
}

/** An engine that counts what is written. */
class Counted implements Engine {
  values = 0;
  bytes = 0;
  readonly maxValueBytes: number;
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.maxValueBytes = engine.maxValueBytes;
  }

  identity: Engine["identity"] = () => this.#engine.identity();
  get: Engine["get"] = (key) => this.#engine.get(key);
  list: Engine["list"] = (prefix) => this.#engine.list(prefix);
  watch: Engine["watch"] = (prefix, options) => this.#engine.watch(prefix, options);
  close: Engine["close"] = () => this.#engine.close();

  putIf: Engine["putIf"] = (key, value, revision) => {
    this.values++;
    this.bytes += value?.length ?? 0;
    return this.#engine.putIf(key, value, revision);
  };
}
