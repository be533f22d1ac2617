/** What is shown of a resource. */
export interface ResourceSummary {
  /** The type URL. */
  readonly typeUrl: string;
  /** The name. */
  readonly name: string;
  /** The version; undefined where it depends on content that cannot be encoded. */
  readonly version: string | undefined;
  /** The length of the encoded content, in bytes; undefined if it cannot be encoded. */
  readonly size: number | undefined;
  /** The ttl in milliseconds, if there is one. */
  readonly ttlMs?: number;
  /** The aliases, if there are any. */
  readonly aliases?: readonly string[];
}

/** The parts of a resource that are shown, and its bytes, whose length is. */
export interface Summarized {
  readonly typeUrl: string;
  readonly name: string;
  readonly version: string;
  readonly bytes: Uint8Array;
  readonly ttlMs: number | undefined;
  readonly aliases: readonly string[];
}

/** What is shown of a resource. @param given - the version that it was given, if it cannot be encoded */
export function summaryOf(resource: Summarized, given: string | undefined): ResourceSummary {
  const { typeUrl, name, ttlMs, aliases } = resource;
  const options = { ...ttlMs !== undefined && { ttlMs }, ...aliases.length > 0 && { aliases } };
  try {
    return { typeUrl, name, version: resource.version, size: resource.bytes.length, ...options };
  } catch {
    return { typeUrl, name, version: given, size: undefined, ...options };
  }
}

/** The same as a text, on one line unless the name has several. */
export function summaryText({ typeUrl, name, version, size }: ResourceSummary): string {
  return `${typeUrl} "${name}" ${size === undefined ? "that cannot be encoded" : `${version}, ${size} bytes`}`;
}

/** Which field a message cannot be encoded for, without the value that the error may quote. */
export function unencodableField(error: unknown): string {
  const field = error instanceof Error ? /field ([\w.]+)/.exec(error.message)?.[1] : undefined;
  return `${field ?? "a field"} has a value of another type`;
}
