import { Snapshot } from "../cache/mod.ts";
import { rawResource, type Resource } from "../resource/mod.ts";
import type { Copied, Origin } from "./follower.ts";
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
  readonly format: 1;
  readonly key: string;
  readonly origin: Origin;
  readonly version?: string;
  readonly types: readonly {
    readonly typeUrl: string;
    readonly resources: readonly {
      readonly name: string;
      readonly version: string;
      readonly length: number;
      readonly ttlMs?: number;
      readonly aliases: readonly string[];
    }[];
  }[];
}

/** The length of a JSON header, the header, and the content of all resources one after another. */
function encode(key: string, snapshot: Snapshot, origin: Origin): Uint8Array {
  const { version } = snapshot.set("");
  const all: Resource[] = snapshot.types.flatMap((typeUrl) => [...snapshot.resources(typeUrl).values()]);
  const header: Header = {
    format: 1,
    key,
    origin,
    ...version !== undefined && { version },
    types: snapshot.types.map((typeUrl) => ({
      typeUrl,
      resources: [...snapshot.resources(typeUrl).values()].map(({ name, version, bytes, ttlMs, aliases }) => ({
        name,
        version,
        length: bytes.length,
        aliases,
        ...ttlMs !== undefined && { ttlMs },
      })),
    })),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(all.reduce((sum, each) => sum + each.bytes.length, 4 + text.length));
  new DataView(bytes.buffer).setUint32(0, text.length);
  bytes.set(text, 4);
  let at = 4 + text.length;
  for (const each of all) {
    bytes.set(each.bytes, at);
    at += each.bytes.length;
  }
  return bytes;
}

function decode(bytes: Uint8Array): Copied {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as Header;
  if (header.format !== 1) throw new Error(`Its format is ${String(header.format)}`);
  let at = 4 + length;
  const resources = header.types.flatMap(({ typeUrl, resources }) =>
    resources.map(({ name, version, length, ttlMs, aliases }) => {
      if (at + length > bytes.length) throw new Error("It is cut off");
      const content = bytes.slice(at, at += length);
      return rawResource(typeUrl, name, content, { version, aliases, ...ttlMs !== undefined && { ttlMs } });
    })
  );
  const { key, version, origin } = header;
  const snapshot = new Snapshot({ resources, ...version !== undefined && { version } });
  return { stored: { ...nothingStored(key), snapshot }, origin };
}
