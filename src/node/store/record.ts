/** A change of a key as a file has it. */
export interface Change {
  readonly key: string;
  readonly revision: number;
  /** Undefined if the key was deleted. */
  readonly value: Uint8Array | undefined;
}

/** Where a value is, in a file that was read. */
export interface Place {
  readonly key: string;
  readonly revision: number;
  readonly at: number;
  /** In bytes; undefined if the key was deleted. */
  readonly length: number | undefined;
}

/** A file of changes: some of them one after another, or all that is left of many. */
export interface ChangesFile {
  /** The revision of the change after those of the file. */
  readonly next: number;
  readonly places: readonly Place[];
  /** Whether nothing follows in this generation. */
  readonly isSeal: boolean;
}

/** Changes as a file: a header of JSON in one line, then the values one after another. */
export function encodeChanges(next: number, changes: readonly Change[], { isSeal = false } = {}): Uint8Array {
  const rows = changes.map(({ key, revision, value }) => [key, revision, value === undefined ? null : value.length]);
  const header = new TextEncoder().encode(`${JSON.stringify({ format: FORMAT, next, isSeal, rows })}\n`);
  const bytes = new Uint8Array(changes.reduce((sum, { value }) => sum + (value?.length ?? 0), header.length));
  bytes.set(header);
  let at = header.length;
  for (const { value } of changes) {
    if (value === undefined) continue;
    bytes.set(value, at);
    at += value.length;
  }
  return bytes;
}

/** @throws if it was written by a later version of this package, or damaged */
export function decodeChanges(bytes: Uint8Array): ChangesFile {
  const end = bytes.indexOf(10);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as {
    readonly format: number;
    readonly next: number;
    readonly isSeal: boolean;
    readonly rows: readonly (readonly [key: string, revision: number, length: number | null])[];
  };
  if (header.format !== FORMAT) {
    throw new Error(`Cannot read a store of format ${header.format}: this version reads ${FORMAT}; upgrade it`);
  }
  let at = end + 1;
  const places = header.rows.map(([key, revision, length]) => {
    const place = { key, revision, at, length: length ?? undefined };
    at += length ?? 0;
    return place;
  });
  if (at !== bytes.length) throw new Error(`Cannot read a store: a file has ${bytes.length} bytes instead of ${at}`);
  return { next: header.next, places, isSeal: header.isSeal };
}

const FORMAT = 1;
