import {
  create,
  type DescEnum,
  type DescField,
  type DescMessage,
  getOption,
  hasOption,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import { reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import { isWrapperDesc, type Timestamp } from "@bufbuild/protobuf/wkt";
import { type FieldRules, required, rules } from "../../../gen/validate/validate_pb.ts";
import { byteStrings, durations, enumNumbers, numbers, type Pair, set, strings, timestamps } from "./candidates.ts";
import { isGoodBytes, isGoodDuration, isGoodEnum, isGoodNumber, isGoodString } from "./is-good.ts";
import type { Random } from "./random.ts";

/** What a field, or a member of it, holds. */
interface Target {
  readonly message: DescMessage | undefined;
  readonly enum: DescEnum | undefined;
  readonly scalar: ScalarType | undefined;
}

/** From here on, messages are made where they are required only. */
const DEEP = 4;
/** From here on, none is made. */
const DEEPEST = 10;

/** How often a choice does not care for the rules, in the field that a message is made for. */
const FOCUSED = 0.7;

/** Makes messages of any type, with values near the bounds of their rules. */
export class RandomMessages {
  readonly #random: Random;
  readonly #choices = new Map<unknown, Choices<unknown>>();
  #spoil = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** @param spoil - the probability that a choice does not care for the rules; at 0 most messages are valid */
  make(desc: DescMessage, spoil: number): Message {
    this.#spoil = spoil;
    return this.#message(desc, 0).message;
  }

  /** Makes a message in which little but the value of one field breaks a rule. */
  makeFor(target: DescField): Message {
    this.#spoil = 0;
    const made = this.#message(target.parent, 0, target);
    this.#spoil = FOCUSED;
    if (this.#random.chance(0.9)) this.#setField(made, target, 0);
    else made.clear(target);
    return made.message;
  }

  #spoiled(): boolean {
    return this.#random.chance(this.#spoil);
  }

  #message(desc: DescMessage, depth: number, except?: DescField): ReflectMessage {
    const made = reflect(desc, create(desc), false);
    for (const member of desc.members) {
      if (member === except || (member.kind === "oneof" && member === except?.oneof)) continue;
      if (member.kind === "field") {
        if (this.#isToBeSet(member, depth)) this.#setField(made, member, depth);
        continue;
      }
      const isNeeded = getOption(member, required) && !this.#spoiled();
      if (!isNeeded && !this.#random.chance(0.4)) continue;
      const flat = member.fields.filter(({ message }) => message === undefined);
      const field = this.#random.pick(depth > DEEP && flat.length > 0 ? flat : member.fields);
      if (depth < DEEPEST || !field.message) this.#setField(made, field, depth);
    }
    return made;
  }

  #isToBeSet(field: DescField, depth: number): boolean {
    if (field.message && depth >= DEEPEST) return false;
    const own = rulesOf(field);
    const kind = own?.type.case;
    const isRequired = own?.message?.required ||
      ((kind === "any" || kind === "duration" || kind === "timestamp") && own?.type.value.required);
    if (isRequired) return !this.#spoiled();
    // A zero value breaks the rules of most fields that have any.
    if (kind && !field.message && !this.#spoiled()) return true;
    return this.#random.chance(field.message ? (depth > DEEP ? 0 : 0.25) : 0.4);
  }

  #setField(made: ReflectMessage, field: DescField, depth: number): void {
    const own = rulesOf(field);
    const target: Target = { message: field.message, enum: field.enum, scalar: field.scalar };
    switch (field.fieldKind) {
      case "list": {
        const items = own?.type.case === "repeated" ? own.type.value : undefined;
        const list = made.get(field);
        const size = this.#size(items?.minItems, set(items).maxItems, depth);
        for (let i = 0; i < size; i++) list.add(this.#value(target, items?.items, depth) as never);
        if (size > 0 && items?.unique && this.#spoiled()) list.add(list.get(0) as never);
        return;
      }
      case "map": {
        const pairs = own?.type.case === "map" ? own.type.value : undefined;
        const map = made.get(field);
        const size = this.#size(pairs?.minPairs, set(pairs).maxPairs, depth);
        const keys: Target = { message: undefined, enum: undefined, scalar: field.mapKey };
        for (let i = 0; i < size; i++) {
          map.set(this.#value(keys, pairs?.keys, depth) as never, this.#value(target, pairs?.values, depth) as never);
        }
        return;
      }
      default:
        made.set(field, this.#value(target, own, depth) as never);
    }
  }

  #size(min = 0n, max: bigint | undefined, depth: number): number {
    const least = Number(min);
    const most = Math.min(max === undefined ? least + 3 : Number(max), least + 3);
    if (!this.#spoiled()) return depth > DEEP ? least : least + this.#random.below(most - least + 1);
    // A thousand items are many to make by chance.
    const beyond = max !== undefined && max <= (this.#spoil === FOCUSED ? 1000n : 50n) ? Number(max) + 1 : least;
    return this.#random.pick([0, Math.max(least - 1, 0), beyond]);
  }

  #value({ message, enum: values, scalar }: Target, own: FieldRules | undefined, depth: number): unknown {
    const { case: kind, value } = own?.type ?? {};
    if (message !== undefined) return this.#embedded(message, own, depth);
    if (values !== undefined) {
      const enumRules = kind === "enum" ? value : undefined;
      return this.#choose(own ?? values, () => enumNumbers(values, enumRules), (each) => {
        return isGoodEnum(values, enumRules, each);
      });
    }
    const key = own ?? scalar;
    switch (scalar) {
      case ScalarType.STRING: {
        const stringRules = kind === "string" ? value : undefined;
        return this.#choose(key, () => strings(stringRules), (each) => isGoodString(stringRules, each));
      }
      case ScalarType.BYTES: {
        const bytesRules = kind === "bytes" ? value : undefined;
        return this.#choose(key, () => byteStrings(bytesRules), (each) => isGoodBytes(bytesRules, each));
      }
      case ScalarType.BOOL:
        return this.#choose(key, () => [true, false], (each) => kind !== "bool" || value?.const === each);
      default:
        return this.#choose(key, () => numbers(scalar!, own), (each) => isGoodNumber(value, each));
    }
  }

  #embedded(desc: DescMessage, own: FieldRules | undefined, depth: number): ReflectMessage {
    const { case: kind, value } = own?.type ?? {};
    if (desc.typeName === "google.protobuf.Duration") {
      const durationRules = kind === "duration" ? value : undefined;
      const pair = this.#choose(own ?? desc, () => durations(durationRules), (each) => {
        return isGoodDuration(durationRules, each);
      });
      return pairOf(desc, pair);
    }
    if (desc.typeName === "google.protobuf.Timestamp") {
      const { lt, lte, gt, gte, const: only } = (kind === "timestamp" ? set(value) : {}) as Record<string, Timestamp>;
      const now = BigInt(Math.floor(Date.now() / 1000));
      return pairOf(desc, this.#random.pick(timestamps([lt, lte, gt, gte, only], now)));
    }
    if (isWrapperDesc(desc)) {
      const made = reflect(desc, create(desc), false);
      const [field] = desc.fields;
      made.set(field, this.#value({ message: undefined, enum: undefined, scalar: field.scalar }, own, depth) as never);
      return made;
    }
    if (desc.typeName === "google.protobuf.Any") {
      const types = kind === "any" ? [...value!.in, ...value!.notIn] : [];
      const typeUrl = this.#random.pick(["type.googleapis.com/google.protobuf.Struct", "a/b", ...types]);
      return reflect(desc, create(desc, { typeUrl }), false);
    }
    if (isJson(desc)) return reflect(desc, create(desc, {}), false);
    return this.#message(desc, depth + 1);
  }

  /**
   * One that is good; if this choice is spoiled, mostly one that is not.
   *
   * @param key - what the candidates depend on
   */
  #choose<T>(key: unknown, candidates: () => readonly T[], isGood: (value: T) => boolean): T {
    let choices = this.#choices.get(key) as Choices<T> | undefined;
    if (choices === undefined) {
      const all = candidates();
      const { true: good = all, false: bad = all } = Object.groupBy(all, (each) => `${isGood(each)}`);
      this.#choices.set(key, choices = { all, good, bad });
    }
    if (!this.#spoiled()) return this.#random.pick(choices.good);
    return this.#random.pick(this.#random.chance(0.8) ? choices.bad : choices.all);
  }
}

interface Choices<T> {
  readonly all: readonly T[];
  readonly good: readonly T[];
  readonly bad: readonly T[];
}

function rulesOf(field: DescField): FieldRules | undefined {
  if (!knownRules.has(field)) knownRules.set(field, hasOption(field, rules) ? getOption(field, rules) : undefined);
  return knownRules.get(field);
}

const knownRules = new WeakMap<DescField, FieldRules | undefined>();

/** Whether it is JSON, which has no rules. */
function isJson({ typeName }: DescMessage): boolean {
  return /^google\.protobuf\.(Struct|Value|ListValue)$/.test(typeName);
}

function pairOf(desc: DescMessage, [seconds, nanos]: Pair): ReflectMessage {
  return reflect(desc, create(desc, { seconds, nanos }), false);
}
