/** A value with the revision of its last change. */
export interface Entry {
  /** The value. */
  readonly value: Uint8Array;
  /** The revision: a number above 0 that grows with each change of any key of the engine. */
  readonly revision: number;
}

/** A change that a watch has seen. */
export interface EngineEvent {
  /** The key; undefined for the event that says that all former changes have been seen. */
  readonly key: string | undefined;
  /** The value; undefined if the key was deleted. */
  readonly value: Uint8Array | undefined;
  /** The revision of the change, or the latest one that is known to the watch. */
  readonly revision: number;
}

/** Where a watch begins, and when it ends. */
export interface EngineWatchOptions {
  /** The first revision that is of interest; of a key that changed several times only the last change need be seen. */
  readonly fromRevision: number;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/**
 * A key-value engine as the replicated snapshots need it: values with revisions that grow over all keys, writes that
 * depend on a revision, and watches that can be resumed. Keys consist of `A-Z a-z 0-9 _ - /`.
 *
 * `testEngine` of `ts-control-plane/testing` has its contract as tests.
 */
export interface Engine {
  /** The largest value, in bytes. A writer splits larger ones. */
  readonly maxValueBytes: number;
  /** Identifies the data: another one after the store was made anew, so that revisions are not compared with others. */
  identity(): Promise<string>;
  /** The value of a key; undefined if there is none. A read after a write of the same engine sees that write. */
  get(key: string): Promise<Entry | undefined>;
  /**
   * Writes a value, or deletes it if that is undefined.
   *
   * @param revision - the revision that the key must have, 0 if it must not exist; undefined: any
   * @returns the new revision, once the value is as durable as the engine makes it; of a deletion any number
   * @throws RangeError for a value of more than `maxValueBytes`
   * @throws RevisionConflict if the key has another revision
   */
  putIf(key: string, value: Uint8Array | undefined, revision?: number): Promise<number>;
  /** The keys that begin with a prefix, with their revisions, in any order. */
  list(prefix: string): AsyncIterable<{ readonly key: string; readonly revision: number }>;
  /**
   * Follows the keys that begin with a prefix: first what is there and has changed since a revision, by revision, then
   * one event without a key, then each change. Deletions may be left out. It ends by an error where the engine cannot be
   * reached.
   */
  watch(prefix: string, options: EngineWatchOptions): AsyncIterable<EngineEvent>;
  /** Ends the connection. */
  close(): Promise<void>;
}

/** A write was refused since its key has another revision than it depends on. */
export class RevisionConflict extends Error {
  /** The key. */
  readonly key: string;

  /** A conflict at a key. */
  constructor(key: string, { expected, found }: { readonly expected: number; readonly found?: number }) {
    super(`Cannot write ${key} at revision ${expected}: ${found === undefined ? "it has another" : `it has ${found}`}`);
    this.name = "RevisionConflict";
    this.key = key;
  }
}
