import { Snapshot } from "../cache/mod.ts";
import { entryOf, readRows, resourceOf, type Row, writtenOf } from "./entries.ts";
import type { Copied, Origin } from "./follower.ts";
import { frame, unframe } from "./frame.ts";
import { manifestKey } from "./manifest.ts";
import { nothingStored } from "./stored-snapshot.ts";

/** Where a replica keeps a copy of what it serves: a directory, for example. */
export interface SnapshotCopy {
  /** All that was saved and not removed. */
  load(): AsyncIterable<Uint8Array>;
  /** Saves something under a name of letters, digits, `-` and `_`, whole or not at all; undefined removes it. */
  save(name: string, bytes: Uint8Array | undefined): Promise<void>;
}

/** Reads what a copy has; what cannot be read is reported and left out. */
export async function readCopy(
  copy: SnapshotCopy,
  onError: (error: unknown) => void,
): Promise<Copied[]> {
  const found: Copied[] = [];
  for await (const bytes of copy.load()) {
    try {
      found.push(decode(bytes));
    } catch (error) {
      onError(new Error("Cannot read a part of the copy of snapshots; it is left out", { cause: error }));
    }
  }
  return found;
}

/** Writes a copy: each key at most once a second, the latest snapshot only. */
export class CopyWriter {
  readonly #copy: SnapshotCopy;
  readonly #onError: (error: unknown) => void;
  readonly #changed = new Map<string, { readonly snapshot: Snapshot | undefined; readonly origin: Origin }>();
  #writing: Promise<void> | undefined = undefined;
  #isClosed = false;
  #wake = () => {};

  constructor(copy: SnapshotCopy, onError: (error: unknown) => void) {
    this.#copy = copy;
    this.#onError = onError;
  }

  changed(key: string, snapshot: Snapshot | undefined, { identity, revision }: Origin): void {
    this.#changed.set(key, { snapshot, origin: { identity, revision } });
    this.#writing ??= this.#writeAll().finally(() => this.#writing = undefined);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#changed.size > 0) {
      if (!this.#isClosed) await this.#second();
      const changed = [...this.#changed];
      this.#changed.clear();
      for (const [key, { snapshot, origin }] of changed) {
        try {
          const name = (await manifestKey(key)).slice(2);
          await this.#copy.save(name, snapshot && encode(key, snapshot, origin));
        } catch (error) {
          this.#onError(new Error(`Cannot save a copy of the snapshot of "${key}"`, { cause: error }));
        }
      }
    }
  }

  #second(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 1_000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

interface Header {
  readonly format: number;
  readonly key: string;
  readonly origin: Origin;
  readonly version?: string;
  readonly types: readonly (readonly [typeUrl: string, rows: readonly Row[]])[];
}

const FORMAT = 1;

function encode(key: string, snapshot: Snapshot, origin: Origin): Uint8Array {
  const { version } = snapshot.set("");
  const written = snapshot.types.map((typeUrl) => {
    const resources = snapshot.resources(typeUrl);
    const entries = Array.from(resources.values(), (each) => [each.name, entryOf(each)] as const);
    return { typeUrl, ...writtenOf(entries, resources) };
  });
  const types = written.map(({ typeUrl, rows }) => [typeUrl, rows] as const);
  const header: Header = { format: FORMAT, key, origin, ...version !== undefined && { version }, types };
  return frame(header, written.flatMap(({ contents }) => contents));
}

function decode(bytes: Uint8Array): Copied {
  const { header, next } = unframe(bytes);
  const { format, key, origin, version, types } = header as Header;
  if (format !== FORMAT) throw new Error(`Its format is ${String(format)}`);
  const resources = types.flatMap(([typeUrl, rows]) => {
    return readRows(rows, next).map(({ row, bytes }) => resourceOf(typeUrl, row, bytes!));
  });
  const snapshot = new Snapshot({ resources, ...version !== undefined && { version } });
  return { stored: { ...nothingStored(key), snapshot }, origin };
}
