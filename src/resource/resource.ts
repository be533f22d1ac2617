import { create } from "@bufbuild/protobuf";
import { encode } from "./encode.ts";
import { contentHash } from "./hash.ts";
import { isGlob, normalName } from "./names.ts";
import type { DescMessage, Message, MessageInitShape } from "./protobuf-types.ts";
import { anyRecord, deltaRecord, wrappedRecord } from "./records.ts";

/** The prefix of the type URL of every protobuf message. */
export const TYPE_URL_PREFIX = "type.googleapis.com/";

/** What may be said of a resource beside its content. */
export interface ResourceOptions {
  /**
   * The name that clients subscribe to. Default: the message's field `name` or `cluster_name`. An `xdstp:` name is kept
   * in its normal form.
   */
  readonly name?: string;
  /** The version of this resource, as delta clients see it. Default: a hash of its content. */
  readonly version?: string;
  /** How long a client may use the resource without hearing of it again, in milliseconds. Default: for ever. */
  readonly ttlMs?: number;
  /** Further names of the same entity, sent with it in delta (VHDS answers on-demand requests by them). */
  readonly aliases?: readonly string[];
}

/**
 * One named piece of configuration of any message type, immutable.
 *
 * It is encoded at most once in its life, and not before somebody needs the bytes; every response to every stream that
 * carries it splices the same bytes.
 */
export class Resource {
  readonly typeUrl: string;
  readonly name: string;
  readonly ttlMs: number | undefined;
  readonly aliases: readonly string[];
  #version: string | undefined;
  #bytes: Uint8Array | undefined;
  #source: { readonly schema: DescMessage; readonly message: Message } | undefined;
  #any: Uint8Array | undefined;
  #wrapped: Uint8Array | undefined;
  #delta: Uint8Array | undefined;

  /** Not for direct use: see {@link resource} and {@link rawResource}. */
  constructor(typeUrl: string, name: string, content: Uint8Array | ResourceSource, options: ResourceOptions) {
    this.typeUrl = typeUrl;
    this.name = name;
    this.ttlMs = options.ttlMs;
    this.aliases = options.aliases ?? [];
    this.#version = options.version;
    if (content instanceof Uint8Array) {
      this.#bytes = content;
      this.#source = undefined;
    } else {
      this.#bytes = undefined;
      this.#source = content;
    }
    this.#any = undefined;
    this.#wrapped = undefined;
    this.#delta = undefined;
  }

  /**
   * The encoded message, the same bytes for equal content whatever the order of its maps' keys.
   *
   * @throws TypeError where the message holds what its type cannot; caches find that before they publish anything
   */
  get bytes(): Uint8Array {
    if (this.#bytes === undefined) {
      this.#bytes = this.#encode(this.#source!);
      // From here on the bytes say it all: what the user does to his message no longer matters.
      this.#source = undefined;
    }
    return this.#bytes;
  }

  /** The version of this one resource; by default a hash of the content, ttl and aliases included. */
  get version(): string {
    return this.#version ??= contentHash(this.#hashed());
  }

  /** The resource as an entry of `DiscoveryResponse.resources`. */
  get anyRecord(): Uint8Array {
    return this.#any ??= anyRecord(this);
  }

  /** The same, wrapped in `envoy.service.discovery.v3.Resource`: how SotW carries a ttl. */
  get wrappedRecord(): Uint8Array {
    return this.#wrapped ??= wrappedRecord(this);
  }

  /** The resource as an entry of `DeltaDiscoveryResponse.resources`. */
  get deltaRecord(): Uint8Array {
    return this.#delta ??= deltaRecord(this);
  }

  /** The same resource, of the same version, under another name or with other aliases. */
  as({ name = this.name, aliases = this.aliases }: { name?: string; aliases?: readonly string[] }): Resource {
    const ttl = this.ttlMs === undefined ? {} : { ttlMs: this.ttlMs };
    return new Resource(this.typeUrl, name, this.bytes, { version: this.version, aliases, ...ttl });
  }

  #encode({ schema, message }: ResourceSource): Uint8Array {
    try {
      return encode(schema, message);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : cause;
      throw new TypeError(`Cannot encode "${this.name}" of type ${this.typeUrl}: ${reason}`, { cause });
    }
  }

  #hashed(): Uint8Array {
    return this.ttlMs === undefined && this.aliases.length === 0 ? this.bytes : deltaRecord({
      typeUrl: "",
      name: "",
      version: "",
      bytes: this.bytes,
      ttlMs: this.ttlMs,
      aliases: this.aliases,
    });
  }
}

/** A message that is not encoded yet. */
export interface ResourceSource {
  readonly schema: DescMessage;
  readonly message: Message;
}

/**
 * Makes a resource of a message of any type, custom ones included.
 *
 * @param schema - the descriptor of the message's type
 * @param init - the message, or what to make it of. It must not be changed afterwards.
 * @param options - name, version, ttl
 * @throws TypeError where no name is given and the message has none, or where it is the name of a collection
 */
export function resource<D extends DescMessage>(
  schema: D,
  init: MessageInitShape<D>,
  options: ResourceOptions = {},
): Resource {
  checkOptions(options);
  const message = create(schema, init) as Message;
  const typeUrl = TYPE_URL_PREFIX + schema.typeName;
  const name = checkedName(typeUrl, options.name ?? nameOf(schema, message));
  return new Resource(typeUrl, name, { schema, message }, options);
}

/**
 * Makes a resource of bytes, from a database for example. They are never decoded, and must not be changed afterwards.
 *
 * @param typeUrl - such as `type.googleapis.com/envoy.config.cluster.v3.Cluster`
 * @param name - the name that clients subscribe to
 * @param bytes - the encoded message, without an `Any` around it
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
  if (isGlob(normal)) throw new TypeError(`Cannot name a resource "${name}": that is the name of a whole collection`);
  return normal;
}

function nameOf(schema: DescMessage, message: Message): string {
  const field = schema.fields.find((f) => f.name === "name") ?? schema.fields.find((f) => f.name === "cluster_name");
  const name = field && (message as unknown as Record<string, unknown>)[field.localName];
  if (typeof name !== "string" || name === "") {
    const why = field ? `its field ${field.name} is empty` : "its type has no field for one";
    throw new TypeError(`Cannot name a resource of type ${schema.typeName}: ${why}; give { name }`);
  }
  return name;
}
