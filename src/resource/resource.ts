import { writeMessage } from "./encode.ts";
import { INSPECT } from "./inspection.ts";
import type { JsonObject } from "./json-of.ts";
import type { ByteWriter } from "./encoding/byte-writer.ts";
import { isGlob, normalName } from "./names.ts";
import type { DescMessage, MessageInitShape, MessageTypes } from "./protobuf-types.ts";
import { anyIn, contentIn, makeRecord, wrappedRecord } from "./records.ts";
import { type Kind, kindOf, plainKindOf, TYPE_URL_PREFIX } from "./resource-kind.ts";
import { NO_TYPES, resourceJson, resourceText } from "./resource-json.ts";
import { type ResourceSummary, summaryOf, summaryText, unencodableField } from "./resource-summary.ts";

/** The properties of a resource beside its content. */
export interface ResourceOptions {
  /**
   * The name that clients subscribe to. Default: the message's field `name` or `cluster_name`. An `xdstp:` name becomes
   * its normal form.
   */
  readonly name?: string;
  /** The version of this resource, as delta clients see it. Default: a hash of its content. */
  readonly version?: string;
  /** How long a client may use the resource without a heartbeat, in milliseconds. Default: unlimited. */
  readonly ttlMs?: number;
  /** Further names that clients may subscribe to on demand, sent with it in delta (VHDS). Default: none. */
  readonly aliases?: readonly string[];
}

// Assigned by the class. A resource may be of another copy of this package, whose fields are its own.
/** Encodes a resource unless it is encoded. @throws TypeError if it cannot be */
export let encodeResource: (resource: Resource) => void;
/** Whether the records of two resources for delta are the same: these have all of a resource. */
export let haveEqualRecords: (a: Resource, b: Resource) => boolean;

/**
 * One named piece of configuration of any message type, immutable.
 *
 * It is encoded when it is made, so that later changes of the object that it was made of do not change it; the responses
 * of all streams share these bytes. Logs, `JSON.stringify` and texts show its type, name, version and size; `console.log`
 * shows fields, but none with keys.
 *
 * It is one object with a part of some memory, since a fleet has hundreds of thousands of resources: what many have in
 * common is in their kind, and views of the memory are made when they are needed.
 *
 * Invariant: `#memory` is bytes that were given and not published yet, or has the record for delta at `#at`, or is
 * undefined for a message that cannot be encoded; `#size` is the record's, and 0 where there is none.
 */
export class Resource {
  /** The name, in its normal form. */
  readonly name: string;
  #kind: Kind;
  /** Undefined until a hash of the content is known. */
  #version: string | undefined;
  #memory: Uint8Array | undefined = undefined;
  #at = 0;
  #size = 0;

  /** Not for direct use: see {@link resource} and {@link rawResource}. */
  constructor(typeUrl: string, name: string, content: Uint8Array | ResourceContent, options: ResourceOptions) {
    this.name = name;
    this.#version = options.version;
    if (content instanceof Uint8Array) {
      this.#kind = kindOf(typeUrl, undefined, options);
      this.#memory = content;
      return;
    }
    const { schema, init } = content;
    this.#kind = kindOf(typeUrl, schema, options);
    try {
      this.#make((writer) => writeMessage(writer, schema, init));
    } catch (error) {
      // Neither its text nor a cause: they may quote the value, which may be a key.
      errors.set(this, new TypeError(`Cannot encode "${name}" of type ${typeUrl}: ${unencodableField(error)}`));
    }
  }

  static {
    const isOwn = (resource: object): resource is Resource => #memory in resource;
    encodeResource = (resource: object) => void (isOwn(resource) ? resource.#made : (resource as Resource).deltaRecord);
    haveEqualRecords = (a, b) => {
      if (!isOwn(a) || !isOwn(b)) return isSame((a as Resource).deltaRecord, (b as Resource).deltaRecord);
      const [memory, other] = [a.#made, b.#made];
      if (a.#size !== b.#size) return false;
      for (let i = 0; i < a.#size; i++) if (memory[a.#at + i] !== other[b.#at + i]) return false;
      return true;
    };
  }

  /** The type URL, such as `type.googleapis.com/envoy.config.cluster.v3.Cluster`. */
  get typeUrl(): string {
    return this.#kind.typeUrl;
  }

  /** The ttl in milliseconds; undefined for none. */
  get ttlMs(): number | undefined {
    return this.#kind.ttlMs;
  }

  /** The aliases, which may be none. */
  get aliases(): readonly string[] {
    return this.#kind.aliases;
  }

  /**
   * The encoded message, the same bytes for equal content whatever the order of its maps' keys. It is a view of memory
   * that other resources share: give a copy (`slice()`) to another thread, and never transfer its buffer.
   *
   * @throws TypeError if a field of the message has a value of another type; caches check this before they publish
   */
  get bytes(): Uint8Array {
    if (this.#size === 0 && this.#memory !== undefined) return this.#memory;
    return contentIn(this.#made, this.#at);
  }

  /** The version of this resource; by default a hash of its content, ttl and aliases. */
  get version(): string {
    if (this.#version === undefined) void this.#made;
    return this.#version!;
  }

  /** The resource as an entry of `DiscoveryResponse.resources`. */
  get anyRecord(): Uint8Array {
    return anyIn(this.#made, this.#at);
  }

  /** The same, wrapped in `envoy.service.discovery.v3.Resource`: how SotW carries a ttl. */
  get wrappedRecord(): Uint8Array {
    let record = wrappedRecords.get(this);
    if (record === undefined) wrappedRecords.set(this, record = wrappedRecord(this.#made, this.#at));
    return record;
  }

  /** The resource as an entry of `DeltaDiscoveryResponse.resources`. */
  get deltaRecord(): Uint8Array {
    return this.#made.subarray(this.#at, this.#at + this.#size);
  }

  /** The same resource, of the same version, with another name: the client's spelling, for one response. */
  withName(name: string): Resource {
    return this.#copy(name, this.aliases);
  }

  /** The same resource, of the same version, with other aliases. */
  withAliases(aliases: readonly string[]): Resource {
    return this.#copy(this.name, aliases);
  }

  /** Type, name, version and size: never the content, which may have keys. */
  toString(): string {
    return summaryText(this.toJSON());
  }

  /** What `JSON.stringify` writes: the same. */
  toJSON(): ResourceSummary {
    return summaryOf(this, this.#version);
  }

  /**
   * The message as protobuf's JSON, with `@type` and the names of fields in the `.proto` files. Keys are in it.
   *
   * @param types - have the types in `Any`s, which are written as bytes otherwise, and the type of a resource made of
   * bytes. `envoyTypes` of `ts-control-plane/files` has all of Envoy's.
   * @throws TypeError if it was made of bytes, and its type is not found or not that of the bytes
   */
  toJson(types: MessageTypes = NO_TYPES): JsonObject {
    return resourceJson(this, this.#kind.schema, types);
  }

  /** What `console.log` shows: nested in other objects the same as a text, and by itself its fields too. */
  [INSPECT](depth?: number | null): string {
    return `Resource(${this})${(depth ?? 2) < 2 ? "" : resourceText(this, this.#kind.schema)}`;
  }

  #copy(name: string, aliases: readonly string[]): Resource {
    const copy = new Resource(this.typeUrl, name, this.bytes, { version: this.version });
    copy.#kind = { ...this.#kind, aliases };
    return copy;
  }

  /** The memory with the record. Bytes that were given are in it from then on. */
  get #made(): Uint8Array {
    if (this.#size === 0) {
      const given = this.#memory;
      if (given === undefined) throw errors.get(this)!;
      this.#make((writer) => writer.raw(given));
    }
    return this.#memory!;
  }

  #make(writeContent: (writer: ByteWriter) => void): void {
    const { name } = this;
    const { typeUrl, ttlMs, aliases } = this.#kind;
    const made = makeRecord({ typeUrl, name, version: this.#version, ttlMs, aliases }, writeContent);
    this.#memory = made.memory;
    this.#at = made.at;
    this.#size = made.size;
    this.#version = made.version;
  }
}

/** Why messages cannot be encoded: few resources have an error. */
const errors = new WeakMap<Resource, TypeError>();
/** Few resources have a ttl. */
const wrappedRecords = new WeakMap<Resource, Uint8Array>();

/** What a resource is made of. */
interface ResourceContent {
  /** The descriptor of the message's type. */
  readonly schema: DescMessage;
  /** The message, or fields of it. */
  readonly init: MessageInitShape<DescMessage>;
}

/**
 * Makes a resource of a message of any type, custom ones included.
 *
 * @param schema - the descriptor of the message's type
 * @param init - the message, or fields of it. It is read now, and may be changed afterwards.
 * @param options - name, version, ttl, aliases
 * @throws TypeError if neither the options nor the message have a name, or if it is the name of a collection
 * @throws RangeError if the ttl is not a positive number
 */
export function resource<D extends DescMessage>(
  schema: D,
  init: MessageInitShape<D>,
  options: ResourceOptions = {},
): Resource {
  checkOptions(options);
  const { typeUrl } = plainKindOf(schema);
  const name = checkedName(typeUrl, options.name ?? nameOf(schema, init));
  return new Resource(typeUrl, name, { schema, init }, options);
}

/**
 * Makes a resource of encoded bytes, from a database for example. They are not decoded, and must not be changed
 * afterwards.
 *
 * @param typeUrl - such as `type.googleapis.com/envoy.config.cluster.v3.Cluster`
 * @param name - the name that clients subscribe to
 * @param bytes - the encoded message, without an `Any` around it
 * @param options - version, ttl, aliases
 * @throws TypeError if the type URL has no slash, or the name is empty or that of a collection
 * @throws RangeError if the ttl is not a positive number
 */
// deno-lint-ignore style/few-parameters -- what every resource has, and then the options
export function rawResource(
  typeUrl: string,
  name: string,
  bytes: Uint8Array,
  options: Omit<ResourceOptions, "name"> = {},
): Resource {
  checkOptions(options);
  if (!typeUrl.includes("/")) {
    throw new TypeError(
      `Cannot make a resource: "${typeUrl}" is not a type URL, such as ${TYPE_URL_PREFIX}package.Type`,
    );
  }
  return new Resource(typeUrl, checkedName(typeUrl, name), bytes, options);
}

function checkOptions({ ttlMs }: ResourceOptions): void {
  if (ttlMs !== undefined && !(ttlMs > 0 && Number.isFinite(ttlMs))) {
    throw new RangeError(`Cannot use a ttl of ${ttlMs} ms: it must be a positive number`);
  }
}

function checkedName(typeUrl: string, name: string): string {
  if (name === "") throw new TypeError(`Cannot make a resource of type ${typeUrl}: its name is empty`);
  const normal = normalName(name);
  if (isGlob(normal)) throw new TypeError(`Cannot name a resource "${name}": that is the name of a collection`);
  return normal;
}

function nameOf(schema: DescMessage, message: MessageInitShape<DescMessage>): string {
  const field = schema.fields.find((f) => f.name === "name") ?? schema.fields.find((f) => f.name === "cluster_name");
  const name = field && (message as Readonly<Record<string, unknown>> | undefined)?.[field.localName];
  if (typeof name !== "string" || name === "") {
    const what = field ? `set its field ${field.localName}` : "its type has no field for a name, so give { name }";
    throw new TypeError(`Cannot name a resource of type ${schema.typeName}: ${what}`);
  }
  return name;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
