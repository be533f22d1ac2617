import { fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { type DescMessage, normalName, type Resource, TYPE_URL_PREFIX } from "../../../resource/mod.ts";

/** The resources that are rendered, as messages. */
export class Given {
  readonly #byType = new Map<string, Map<string, Resource>>();
  /** The names of those that another one refers to, so that Envoy sees them where they are used: `<type> <name>`. */
  readonly used = new Set<string>();

  constructor(resources: Iterable<Resource>) {
    for (const resource of resources) {
      let set = this.#byType.get(resource.typeUrl);
      if (set === undefined) this.#byType.set(resource.typeUrl, set = new Map());
      set.set(resource.name, resource);
    }
  }

  /** The messages of a type, by the names of their resources, in order. */
  *all<D extends DescMessage>(schema: D): Iterable<readonly [string, MessageShape<D>]> {
    for (const [name, { bytes }] of this.#byType.get(TYPE_URL_PREFIX + schema.typeName) ?? []) {
      yield [name, fromBinary(schema, bytes)];
    }
  }

  /** A new copy of the message of a resource, which is used from now on. */
  use<D extends DescMessage>(schema: D, name: string): MessageShape<D> | undefined {
    const resource = this.#byType.get(TYPE_URL_PREFIX + schema.typeName)?.get(normalName(name));
    if (resource === undefined) return undefined;
    this.used.add(`${schema.typeName} ${resource.name}`);
    return fromBinary(schema, resource.bytes);
  }

  /** Whether a resource exists. */
  has({ typeName }: DescMessage, name: string): boolean {
    return this.#byType.get(TYPE_URL_PREFIX + typeName)?.has(normalName(name)) === true;
  }

  /** The messages of a type that nothing has used. */
  *unused<D extends DescMessage>(schema: D): Iterable<readonly [string, MessageShape<D>]> {
    for (const each of this.all(schema)) if (!this.used.has(`${schema.typeName} ${each[0]}`)) yield each;
  }
}
