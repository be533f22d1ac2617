import { create, type DescField, type DescMessage, type DescOneof, ScalarType } from "@bufbuild/protobuf";
import { reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import { isSensitive } from "../resource/mod.ts";
import { readAny } from "./any-reader.ts";
import type { Findings } from "./findings.ts";
import { type Entry, isNull, kindOf, type MapNode, type Node } from "./node.ts";
import { readEnum, readScalar, type Wrong } from "./read-scalar.ts";
import { isInOwnForm, readWellKnown } from "./read-well-known.ts";
import { didYouMean, likelyName } from "./spelling.ts";
import { HIDDEN } from "./trail.ts";
import type { Types } from "./types.ts";

/**
 * Reads messages as protobuf's JSON has them, and finds all that is wrong rather than the first. It walks the
 * descriptors itself, since the readers of protobuf know neither the path nor the place.
 */
export class MessageReader {
  readonly #findings: Findings;
  readonly #types: Types;
  /** How many of the fields around have values that must not be shown. */
  #secrets = 0;

  constructor(findings: Findings, types: Types) {
    this.#findings = findings;
    this.#types = types;
  }

  /** Where the reader is, and what it found. */
  get findings(): Findings {
    return this.#findings;
  }

  /** The types that it knows. */
  get types(): Types {
    return this.#types;
  }

  /** Whether what is read is secret, and must not be quoted. */
  get isSecret(): boolean {
    return this.#secrets > 0;
  }

  /**
   * Reads a message of a type. What is wrong is left out of it, and added to the findings.
   *
   * @returns undefined if the node is no such message at all
   */
  message(desc: DescMessage, node: Node): ReflectMessage | undefined {
    if (desc.typeName === ANY) return readAny(this, node);
    if (isInOwnForm(desc, node)) return this.#wellKnown(desc, node);
    if (node.kind !== "map") {
      return this.wrong(node.at, { message: `Expected an object of ${desc.typeName}, not ${kindOf(node)}` });
    }
    return this.fields(desc, node);
  }

  /** Reads the fields of a message, by either of their spellings. @param but - a key that is no field */
  fields(desc: DescMessage, node: MapNode, but?: string): ReflectMessage {
    const message = reflect(desc, create(desc), false);
    const set = new Map<DescField | DescOneof, string>();
    for (const entry of node.entries) {
      if (entry.key === but) continue;
      const isShown = fieldsOf(desc).has(entry.key) || this.#isShown(entry.key);
      this.within(isShown ? entry.key : HIDDEN, () => this.#field(message, entry, set));
    }
    return message;
  }

  /** Reads within a key or an item. */
  within(step: string | number, read: () => void): void {
    this.#findings.trail.enter(step);
    read();
    this.#findings.trail.leave();
  }

  /** Adds a problem where the reader is. */
  wrong(at: number, problem: Wrong): undefined {
    this.#findings.add(at, problem);
  }

  #wellKnown(desc: DescMessage, node: Node): ReflectMessage | undefined {
    const read = readWellKnown(desc, node, this.isSecret);
    return "value" in read ? reflect(desc, read.value, false) : this.wrong(node.at, read);
  }

  #field(message: ReflectMessage, entry: Entry, set: Map<DescField | DescOneof, string>): void {
    const field = fieldsOf(message.desc).get(entry.key);
    if (field === undefined) return this.#unknown(message.desc, entry);
    const { value: node } = entry;
    if (set.has(field)) return this.wrong(entry.at, { message: `The field is there as "${set.get(field)}" as well` });
    set.set(field, entry.key);
    if (isNull(node) && field.message?.typeName !== VALUE) return;
    if (field.oneof !== undefined) {
      const other = set.get(field.oneof);
      if (other !== undefined) return this.wrong(entry.at, { message: `Only one of this and "${other}" may be there` });
      set.set(field.oneof, entry.key);
    }
    const secret = isSensitive(field) ? 1 : 0;
    this.#secrets += secret;
    this.#value(message, field, node);
    this.#secrets -= secret;
  }

  #value(message: ReflectMessage, field: DescField, node: Node): void {
    if (field.fieldKind === "list") return this.#list(message, field, node);
    if (field.fieldKind === "map") return this.#map(message, field, node);
    const value = this.#single(field, node);
    if (value !== undefined) message.set(field, value);
  }

  #list(message: ReflectMessage, field: DescField & { fieldKind: "list" }, node: Node): void {
    const list = message.get(field);
    const add = (item: Node) => {
      const value = this.#single(field, item);
      if (value !== undefined) list.add(value);
    };
    if (node.kind === "list") node.items.forEach((item, i) => this.within(i, () => add(item)));
    // Envoy takes a value for a list of one.
    else add(node);
  }

  #map(message: ReflectMessage, field: DescField & { fieldKind: "map" }, node: Node): void {
    if (node.kind !== "map") return this.wrong(node.at, { message: `Expected an object, not ${kindOf(node)}` });
    const map = message.get(field);
    for (const { key, at, value: item } of node.entries) {
      this.within(this.isSecret ? HIDDEN : key, () => {
        const read = readKey(field.mapKey, key, at);
        if (!("value" in read)) return this.wrong(at, read);
        const value = this.#single(field, item);
        if (value !== undefined) map.set(read.value as never, value);
      });
    }
  }

  /** One value: that of a field, of an item of its list, or of an entry of its map. */
  #single(field: DescField, node: Node): unknown {
    if (field.message !== undefined) return this.message(field.message, node);
    const read = field.enum === undefined ? readScalar(field.scalar!, node) : readEnum(field.enum, node, this.isSecret);
    if (!("value" in read)) return this.wrong(node.at, read);
    if (this.isSecret && isRedacted(node)) {
      return this.wrong(node.at, {
        message: "The value is redacted, as Envoy does it in dumps",
        hint: "give the value itself, or leave the resource out",
      });
    }
    return read.value;
  }

  #unknown(desc: DescMessage, { key, at }: Entry): void {
    if (!this.#isShown(key)) return this.wrong(at, { message: `Unknown field of ${desc.typeName}` });
    const likely = likelyName(key, desc.fields.map(({ name }) => name));
    const hint = key === "@type" ? { hint: "only an Any has a type of its own" } : didYouMean(likely);
    this.wrong(at, { message: `Unknown field "${key}" of ${desc.typeName}`, ...hint });
  }

  #isShown(key: string): boolean {
    return !this.isSecret && PRESENTABLE.test(key);
  }
}

/** What may be quoted of a key: what is written like a field. */
const PRESENTABLE = /^[@A-Za-z][\w.-]{0,59}$/;
const ANY = "google.protobuf.Any";
const VALUE = "google.protobuf.Value";

/** Whether it is what an Envoy writes into dumps in place of secrets: a text, or the same as base64. */
function isRedacted(node: Node): boolean {
  return node.kind === "scalar" && (node.value === "[redacted]" || node.value === "W3JlZGFjdGVkXQ==");
}

function readKey(type: ScalarType, key: string, at: number): ReturnType<typeof readScalar> {
  if (type === ScalarType.STRING) return { value: key };
  const value = type === ScalarType.BOOL && (key === "true" || key === "false") ? key === "true" : key;
  return readScalar(type, { kind: "scalar", at, value });
}

const fieldsByKey = new WeakMap<DescMessage, ReadonlyMap<string, DescField>>();

function fieldsOf(desc: DescMessage): ReadonlyMap<string, DescField> {
  let fields = fieldsByKey.get(desc);
  if (fields === undefined) {
    fields = new Map(desc.fields.flatMap((field) => [[field.name, field], [field.jsonName, field]]));
    fieldsByKey.set(desc, fields);
  }
  return fields;
}
