import {
  type Admit,
  admitSnapshot,
  Snapshot,
  type SnapshotChange,
  type SnapshotContent,
  snapshotFrom,
} from "../cache/mod.ts";
import { Blobs } from "./blobs.ts";
import { collect, type Collected, type CollectOptions } from "./collect.ts";
import { type Draft, draftOf } from "./draft.ts";
import { type Engine, RevisionConflict } from "./engine.ts";
import { inParallel } from "./in-parallel.ts";
import { manifestKey, WRITERS } from "./manifest.ts";
import { MissingBlob, resolveManifest } from "./resolve-manifest.ts";
import { nothingStored, readSnapshot, type StoredSnapshot } from "./stored-snapshot.ts";

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
 * Snapshots on an engine that several writers and replicas share. Resources are stored on pages, which are named by the
 * hash of their content; a small manifest for each key refers to them and has what was changed since they were written.
 * It is written last, depending on the revision that was read: a snapshot appears whole or not at all.
 */
export class SnapshotStore {
  /** The engine. */
  readonly engine: Engine;
  readonly #blobs: Blobs;
  readonly #admit: Admit | undefined;
  /** What this writer has read or written last, by key. */
  readonly #known = new Map<string, Known>();

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
      if (after !== undefined && this.#admit !== undefined) admitSnapshot(this.#admit, after, before.stored.snapshot);
      const draft = await draftOf(before.stored, after, this.engine.maxValueBytes);
      if (draft === undefined) return { revision: before.revision, written: NOTHING };
      try {
        return await this.#commit(draft, { manifest, revision: before.revision });
      } catch (error) {
        if (!(error instanceof RevisionConflict) || ifRevision !== undefined || attempt >= MAX_ATTEMPTS) throw error;
        // Writers that have met do not meet again and again.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(5 * 2 ** attempt, 500)));
      }
    }
  }

  async #read(key: string): Promise<Pick<Known, "revision" | "stored">> {
    const manifest = await manifestKey(key);
    for (let entry = await this.engine.get(manifest); entry !== undefined;) {
      const known = this.#known.get(key);
      const { revision, value } = entry;
      // A store that was rewound has other content at the same revision.
      if (known?.revision === revision && isEqual(known.value, value)) return known;
      try {
        const stored = await readSnapshot(this.#blobs, await resolveManifest(this.#blobs, value), known?.stored);
        const read = { revision, value, stored };
        this.#known.set(key, read);
        return read;
      } catch (error) {
        // Its content may have been collected since another one has replaced it.
        entry = await this.engine.get(manifest);
        if (!(error instanceof MissingBlob) || entry === undefined || entry.revision === revision) throw error;
      }
    }
    return { revision: 0, stored: nothingStored(key) };
  }

  async #commit(
    { stored, value, contents }: Draft,
    { manifest, revision }: { readonly manifest: string; readonly revision: number },
  ): Promise<Published> {
    const counted = new Counted(this.engine);
    const blobs = new Blobs(counted);
    const write = async (): Promise<Published> => {
      await inParallel(contents, ({ hash, bytes }) => blobs.put(bytes, hash));
      const written = await counted.putIf(manifest, value, revision);
      this.#known.set(stored.key, { revision: written, value, stored });
      return { revision: written, written: { values: counted.values, bytes: counted.bytes } };
    };
    // What the manifest before refers to needs no protection: it is in use until this one is written.
    return contents.length === 0 ? await write() : await this.#declared(stored.key, counted, write);
  }

  /** Does something while it is declared that content is about to be referred to, so that a collection leaves it alone. */
  async #declared<T>(key: string, engine: Engine, work: () => Promise<T>): Promise<T> {
    const writer = `${WRITERS}${crypto.randomUUID()}`;
    const intent = new TextEncoder().encode(JSON.stringify({ key, at: new Date().toISOString() }));
    const revision = await engine.putIf(writer, intent, 0);
    try {
      return await work();
    } finally {
      // If it stays, the next collection removes it.
      await this.engine.putIf(writer, undefined, revision).catch(() => {});
    }
  }
}

/** What a writer has read or written last. */
interface Known {
  readonly revision: number;
  readonly value: Uint8Array;
  readonly stored: StoredSnapshot;
}

const NOTHING = { values: 0, bytes: 0 } as const;
const MAX_ATTEMPTS = 50;

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
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
