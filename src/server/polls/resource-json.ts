import {
  create,
  type DescMessage,
  fromBinary,
  type JsonObject,
  type JsonValue,
  type Registry,
  toJson,
} from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import type { MessageFinder, Resource } from "../../resource/mod.ts";
import { within } from "../within.ts";

/** A resource cannot be written as JSON. The text names the resource and the type, and nothing of the content. */
export class JsonError extends Error {
  override readonly name = "JsonError";
}

/**
 * Writes resources as proto3 JSON, each once in its life. A message packed into an `Any` is written out, which needs its
 * type: types are found on demand, since all of Envoy's are megabytes.
 */
export class ResourceJson {
  readonly #find: MessageFinder;
  readonly #timeoutMs: number;
  readonly #messages = new Map<string, DescMessage>();
  readonly #texts = new WeakMap<Resource, string>();
  /** The types that were found so far, in the form that protobuf-es needs. */
  readonly registry: Registry;

  /**
   * @param find - finds the types, each once
   * @param options.timeoutMs - how long it may take, in milliseconds
   */
  constructor(find: MessageFinder, options: { readonly timeoutMs: number }) {
    this.#find = find;
    this.#timeoutMs = options.timeoutMs;
    this.registry = registryOf(this.#messages);
  }

  /**
   * The resources as entries of `DiscoveryResponse.resources`.
   *
   * No promise is shared between callers: there are runtimes that tie each promise to a request.
   *
   * @throws JsonError where one of them cannot be written
   */
  async textsOf(resources: readonly Resource[]): Promise<string[]> {
    const texts: string[] = [];
    let sliceEnds = performance.now() + SLICE_MS;
    for (const resource of resources) {
      texts.push(this.#texts.get(resource) ?? await this.#write(resource));
      if (performance.now() < sliceEnds) continue;
      await new Promise((resolve) => setTimeout(resolve));
      sliceEnds = performance.now() + SLICE_MS;
    }
    return texts;
  }

  async #write(resource: Resource): Promise<string> {
    for (;;) {
      try {
        const text = JSON.stringify(anyJson(resource, strict(this.registry)));
        this.#texts.set(resource, text);
        return text;
      } catch (error) {
        if (!(error instanceof MissingType)) throw unwritable(resource, "its content cannot be read", error);
        await this.#load(error.typeName, resource);
      }
    }
  }

  async #load(typeName: string, resource: Resource): Promise<void> {
    const late = (): Error => unwritable(resource, `message type ${typeName} was not found in time`);
    const message = await within(this.#timeoutMs, Promise.resolve(this.#find(typeName)), late);
    if (message === undefined || message === null) {
      throw unwritable(resource, `message type ${typeName} is not among its types`);
    }
    this.#messages.set(typeName, message);
  }
}

/** How long resources are written before other tasks may run, in milliseconds. */
const SLICE_MS = 10;

/** As protobuf-es writes an `Any`, except that the type may have another name, as those of v2 do. */
function anyJson({ typeUrl, bytes }: Resource, registry: Registry): JsonValue {
  const schema = registry.getMessage(typeUrl.slice(typeUrl.lastIndexOf("/") + 1))!;
  // Some of protobuf's own types are not objects in JSON.
  if (schema.file.proto.package === "google.protobuf") {
    return toJson(AnySchema, create(AnySchema, { typeUrl, value: bytes }), { registry });
  }
  return { "@type": typeUrl, ...toJson(schema, fromBinary(schema, bytes), { registry }) as JsonObject };
}

class MissingType extends Error {
  readonly typeName: string;

  constructor(typeName: string) {
    super(typeName);
    this.typeName = typeName;
  }
}

function unwritable({ name, typeUrl }: Resource, why: string, cause?: unknown): JsonError {
  return new JsonError(`Cannot write "${name}" of ${typeUrl} as JSON: ${why}`, { cause });
}

function registryOf(messages: ReadonlyMap<string, DescMessage>): Registry {
  return {
    kind: "registry",
    [Symbol.iterator]: () => messages.values(),
    get: (typeName) => messages.get(typeName),
    getMessage: (typeName) => messages.get(typeName),
    getEnum: () => undefined,
    getService: () => undefined,
    getExtension: () => undefined,
    getExtensionFor: () => undefined,
  };
}

function strict(registry: Registry): Registry {
  return {
    ...registry,
    getMessage(typeName) {
      const message = registry.getMessage(typeName);
      if (message === undefined) throw new MissingType(typeName);
      return message;
    },
  };
}
