import { type DescMessage, type Message, resource, type ResourceOptions, TYPE_URL_PREFIX } from "../resource/mod.ts";
import { readTyped, typeName } from "./any-reader.ts";
import { Findings } from "./findings.ts";
import { MessageReader } from "./message-reader.ts";
import { isNull, type Node, stringOf, valueAt } from "./node.ts";
import { PlacedResource } from "./placed-resource.ts";
import type { Place } from "./problem.ts";
import type { Text } from "./text.ts";
import type { Types } from "./types.ts";

/** A resource that a document takes away, where one beneath it has it. */
export interface Removal {
  /** The type URL. */
  readonly typeUrl: string;
  /** The name. */
  readonly name: string;
  /** Where it is written. */
  readonly place: Place;
  /** Where it is in the document, as in `remove[3]`. */
  readonly path: string;
}

/** Collects the resources of a document, and what is wrong in it. */
export class Collector {
  readonly findings: Findings;
  readonly reader: MessageReader;
  readonly resources: PlacedResource[] = [];
  readonly removals: Removal[] = [];
  readonly #text: Text | undefined;
  readonly #file: string | undefined;
  #rest: PlacedResource["rest"] = undefined;

  constructor(text: Text | undefined, file: string | undefined, types: Types) {
    this.#text = text;
    this.#file = file;
    this.findings = new Findings(text, file);
    this.reader = new MessageReader(this.findings, types);
  }

  /** Adds the resource that a node with `@type` is, or that it wraps. */
  add(node: Node): void {
    const before = this.findings.count;
    if (typeName(stringOf(valueAt(node, "@type")) ?? "") === WRAPPER) return this.#addWrapped(node);
    const typed = readTyped(this.reader, node);
    if (typed === undefined || this.findings.count > before) return;
    this.addMessage(typed.desc, typed.message.message, node);
  }

  /** Adds a message that was read without a problem. */
  addMessage(desc: DescMessage, message: Message, node: Node, options: ResourceOptions = {}): void {
    try {
      const made = resource(desc, message, options);
      const source = {
        path: this.findings.trail.toString(),
        node,
        text: this.#text,
        file: this.#file,
        rest: this.#rest,
      };
      this.resources.push(new PlacedResource(made, source));
    } catch (error) {
      // Names and ttls only: what the message has in other fields is not quoted.
      this.findings.add(node.at, { message: (error as Error).message });
    }
  }

  /** Adds what a `remove` lists. */
  remove(node: Node): void {
    const type = valueAt(node, "@type");
    const [typeUrl, name] = [stringOf(type), stringOf(valueAt(node, "name"))];
    if (typeUrl === undefined || name === undefined || !typeUrl.includes("/")) {
      const message = 'Expected an object with "@type" and "name"';
      return this.findings.add(node.at, { message });
    }
    if (this.reader.types.get(typeName(typeUrl)) === undefined) {
      readTyped(this.reader, node);
      return;
    }
    const { trail } = this.findings;
    const place = this.findings.placeOf(node.at);
    this.removals.push({ typeUrl: TYPE_URL_PREFIX + typeName(typeUrl), name, place, path: trail.toString() });
  }

  /** Reads resources that may refer to what their document does not have. */
  withRest(rest: PlacedResource["rest"], read: () => void): void {
    this.#rest = rest;
    read();
    this.#rest = undefined;
  }

  /** Reads within the value of a key, or an item. */
  within(step: string | number, read: () => void): void {
    this.reader.within(step, read);
  }

  /** `envoy.service.discovery.v3.Resource`, in which Envoy's files give a resource a name and a ttl. */
  #addWrapped(node: Node): void {
    const before = this.findings.count;
    const wrapper = readTyped(this.reader, node);
    const inner = valueAt(node, "resource");
    if (inner === undefined || isNull(inner)) {
      return this.findings.add(node.at, { message: `Expected the resource under "resource"` });
    }
    if (wrapper === undefined || this.findings.count > before) return;
    this.within("resource", () => {
      const typed = readTyped(this.reader, inner);
      if (typed) this.addMessage(typed.desc, typed.message.message, inner, wrapperOptions(wrapper.message.message));
    });
  }
}

const WRAPPER = "envoy.service.discovery.v3.Resource";

function wrapperOptions(message: Message): ResourceOptions {
  const { name, version, aliases, ttl } = message as unknown as Wrapper;
  return {
    ...name !== "" && { name },
    ...version !== "" && { version },
    ...aliases.length > 0 && { aliases },
    ...ttl !== undefined && { ttlMs: Number(ttl.seconds) * 1_000 + ttl.nanos / 1e6 },
  };
}

interface Wrapper {
  readonly name: string;
  readonly version: string;
  readonly aliases: readonly string[];
  readonly ttl?: { readonly seconds: bigint; readonly nanos: number };
}
