import type { DescMessage } from "./protobuf-types.ts";

/** The prefix of the type URL of every protobuf message. */
export const TYPE_URL_PREFIX = "type.googleapis.com/";

/** What many resources have in common: one object for all of them. */
export interface Kind {
  /** The same text for all, since an equal one of its own takes as much memory as a small resource. */
  readonly typeUrl: string;
  /** Undefined for resources that were made of bytes. */
  readonly schema: DescMessage | undefined;
  readonly ttlMs: number | undefined;
  readonly aliases: readonly string[];
}

/** The kind of a resource. */
export function kindOf(
  typeUrl: string,
  schema: DescMessage | undefined,
  { ttlMs, aliases = NO_ALIASES }: { readonly ttlMs?: number; readonly aliases?: readonly string[] },
): Kind {
  if (ttlMs !== undefined || aliases.length > 0) return { typeUrl, schema, ttlMs, aliases };
  if (schema !== undefined) return plainKindOf(schema);
  if (lastKind?.typeUrl !== typeUrl) lastKind = { typeUrl, schema, ttlMs, aliases: NO_ALIASES };
  return lastKind;
}

/** The kind without ttl and aliases of a type that has a descriptor. */
export function plainKindOf(schema: DescMessage): Kind {
  let kind = kinds.get(schema);
  if (kind === undefined) {
    const typeUrl = TYPE_URL_PREFIX + schema.typeName;
    kinds.set(schema, kind = { typeUrl, schema, ttlMs: undefined, aliases: NO_ALIASES });
  }
  return kind;
}

const kinds = new WeakMap<DescMessage, Kind>();
const NO_ALIASES: readonly string[] = [];
/** The kind of the last resource that was made of bytes: those of a type are often made in one go. */
let lastKind: Kind | undefined;
