import { create, type DescField, type DescMessage, type Message, ScalarType, setExtension } from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import fc, { type GeneratorValue } from "fast-check";
import { EXTENSIONS } from "./kinds.ts";

/**
 * A value twice: as it is given, with the keys of maps in any order, and with the keys in the order in which they are
 * encoded. All else is equal.
 */
export interface Twice {
  readonly given: unknown;
  readonly sorted: unknown;
}

type Fields = Record<string, unknown>;

/** How often values are of another type than their field. */
export type Strange = "never" | "sometimes";

const texts = fc.oneof(
  fc.constantFrom(
    "",
    "a",
    "name",
    "é",
    "😀",
    "\0",
    "\ud800",
    "a\udc00b",
    "x".repeat(127),
    "y".repeat(128),
    "ü".repeat(70),
  ),
  fc.constantFrom("z".repeat(20_000), "€".repeat(6000)),
  fc.string({ unit: "binary", maxLength: 20 }),
);
// Those that look like numbers come first in every object.
const keys = fc.constantFrom(
  "a",
  "b",
  "B",
  "é",
  "\uffff",
  "😀",
  "",
  "0",
  "9",
  "10",
  "01",
  "4294967294",
  "4294967295",
  "__proto__",
);
const int32 = fc.oneof(fc.constantFrom(0, -0, 1, -1, 127, 128, 16384, 2 ** 31 - 1, -(2 ** 31)), fc.integer());
const uint32 = fc.oneof(fc.constantFrom(0, 127, 128, 2 ** 21, 2 ** 28, 2 ** 32 - 1), fc.nat());
const int64 = fc.oneof(
  fc.constantFrom<bigint | number>(
    0n,
    0,
    5,
    -1,
    -1n,
    2 ** 40,
    -(2 ** 53),
    2n ** 63n - 1n,
    -(2n ** 63n),
    2n ** 32n,
    2n ** 35n,
  ),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const uint64 = fc.oneof(
  fc.constantFrom<bigint | number>(0n, 0, 5, 2 ** 32, 2 ** 60, 2n ** 64n - 1n, 2n ** 28n, 2n ** 35n),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);
const double = fc.oneof(fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e308, 5e-324), fc.double());
const float = fc.oneof(fc.constantFrom(0, -0, NaN, Infinity, 1e-46, 3.4e38), fc.float());
const bytes = fc.oneof(fc.constant(new Uint8Array()), fc.uint8Array({ maxLength: 200 }));
const json = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, false),
    texts,
    double,
    fc.array(tie("any"), { maxLength: 3 }),
    fc.uniqueArray(fc.tuple(keys, tie("any")), { selector: ([key]) => key, maxLength: 4 }).map(entriesObject),
  ),
  struct: fc.uniqueArray(fc.tuple(keys, tie("any")), { selector: ([key]) => key, maxLength: 4 }).map(entriesObject),
}));
const strange = fc.constantFrom<unknown>(
  undefined,
  null,
  "",
  "text",
  "12",
  -1,
  1.5,
  NaN,
  2 ** 40,
  1e300,
  true,
  1n,
  2n ** 70n,
  {},
  [],
  [1, 2],
  ["a"],
  [undefined],
  { a: 1 },
  { case: "a" },
  { value: 1 },
  new Uint8Array([1]),
  new Date(0),
  Object.create({ name: "inherited" }),
  { $typeName: "google.protobuf.Struct", fields: {} },
  () => 1,
);
const valueOf: Readonly<Record<ScalarType, fc.Arbitrary<unknown>>> = {
  [ScalarType.STRING]: texts,
  [ScalarType.BYTES]: bytes,
  [ScalarType.BOOL]: fc.boolean(),
  [ScalarType.DOUBLE]: double,
  [ScalarType.FLOAT]: float,
  [ScalarType.INT32]: int32,
  [ScalarType.SINT32]: int32,
  [ScalarType.SFIXED32]: int32,
  [ScalarType.UINT32]: uint32,
  [ScalarType.FIXED32]: uint32,
  [ScalarType.INT64]: int64,
  [ScalarType.SINT64]: int64,
  [ScalarType.SFIXED64]: int64,
  [ScalarType.UINT64]: uint64,
  [ScalarType.FIXED64]: uint64,
};

/** Draws messages, and objects with fields to make one of. */
export class RandomInit {
  readonly #draw: GeneratorValue;
  readonly #isStrange: boolean;

  constructor(draw: GeneratorValue, isStrange: Strange) {
    this.#draw = draw;
    this.#isStrange = isStrange === "sometimes";
  }

  /** A message of a type, or fields of one. */
  of(schema: DescMessage, depth = 0): Twice {
    const init = this.#fields(schema, depth);
    return this.#oneIn(3) ? this.#message(schema, init) : init;
  }

  /** Fields, some of those that the type has; more of them where messages are not nested. */
  #fields(schema: DescMessage, depth: number): Twice {
    const [given, sorted]: [Fields, Fields] = [{}, {}];
    const count = this.#draw(fc.nat, Math.min(schema.fields.length, depth > 3 ? 1 : 6 - depth));
    const chosen = schema.fields.filter((field) => field.presence === REQUIRED && !this.#oneIn(20));
    for (let i = 0; i < count; i++) chosen.push(schema.fields[this.#draw(fc.nat, schema.fields.length - 1)]!);
    for (const field of chosen) {
      const { given: value, sorted: same } = this.#strangeOr(() => this.#value(field, depth));
      if (field.oneof === undefined) {
        given[field.localName] = value;
        sorted[field.localName] = same;
      } else {
        given[field.oneof.localName] = { case: field.localName, value };
        sorted[field.oneof.localName] = { case: field.localName, value: same };
      }
    }
    return { given, sorted };
  }

  /** The same as a message; fields that the type has not, and extensions, are only in messages. */
  #message(schema: DescMessage, init: Twice): Twice {
    const unknown = this.#oneIn(3) ? this.#unknown() : undefined;
    const extension = schema === EXTENSIONS[0]!.extendee && this.#oneIn(2) ? this.#draw(fc.string) : undefined;
    const broken = this.#isStrange && this.#oneIn(4) ? schema.members[this.#draw(fc.nat, 3)]?.localName : undefined;
    const isInit = this.#oneIn(2);
    const make = (fields: unknown): unknown => {
      const message = create(schema, fields as Fields) as Message;
      if (unknown !== undefined) message.$unknown = unknown;
      if (extension !== undefined) setExtension(message, EXTENSIONS[0]!, [extension]);
      // A field without its value, or with fields to make a message of, which only the fields of other such have.
      if (broken !== undefined && isInit) Object.assign(message, { [broken]: (fields as Fields)[broken] });
      else if (broken !== undefined) delete (message as unknown as Fields)[broken];
      return message;
    };
    return { given: make(init.given), sorted: make(init.sorted) };
  }

  #unknown(): Message["$unknown"] {
    const unknown = fc.record({ no: fc.constantFrom(1000, 5000, 536870911), value: fc.nat(127) });
    const fields = this.#draw(fc.array, unknown, { maxLength: 3 });
    return fields.map(({ no, value }) => ({ no, wireType: 0, data: Uint8Array.of(value) }));
  }

  #value(field: DescField, depth: number): Twice {
    switch (field.fieldKind) {
      case "list":
        return this.#list(field, depth);
      case "map":
        return this.#map(field, depth);
      default:
        return this.#single(field, depth);
    }
  }

  #list(field: DescField, depth: number): Twice {
    const [given, sorted]: [unknown[], unknown[]] = [[], []];
    for (let i = this.#draw(fc.nat, 3); i > 0; i--) {
      const item = this.#strangeOr(() => this.#single(field, depth));
      given.push(item.given);
      sorted.push(item.sorted);
    }
    return { given, sorted };
  }

  #map(field: DescField & { readonly fieldKind: "map" }, depth: number): Twice {
    const size = this.#draw(fc.nat, 4);
    const entries = new Map<string, Twice>();
    for (let i = 0; i < size; i++) {
      entries.set(this.#key(field.mapKey), this.#strangeOr(() => this.#single(field, depth)));
    }
    const inOrder = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
    const object = (list: [string, Twice][], side: keyof Twice) => {
      return Object.fromEntries(list.map(([key, value]) => [key, value[side]]));
    };
    return { given: object([...entries], "given"), sorted: object(inOrder, "sorted") };
  }

  #key(type: ScalarType): string {
    if (type === ScalarType.STRING || this.#isStrange && this.#oneIn(20)) return this.#draw(() => keys);
    return String(this.#draw(() => valueOf[type]));
  }

  #single(field: DescField, depth: number): Twice {
    if (field.message === undefined) {
      const values = field.enum === undefined
        ? valueOf[field.scalar!]
        : fc.oneof(fc.constantFrom(...field.enum.values.map((each) => each.number)), int32);
      return same(this.#draw(() => values));
    }
    const { message } = field;
    if (field.fieldKind === "message" && field.oneof === undefined && isWrapperDesc(message)) {
      return same(this.#draw(() => valueOf[message.fields[0]!.scalar!]));
    }
    if (message.typeName === "google.protobuf.Struct" && field.parent.typeName !== "google.protobuf.Value") {
      const given = this.#draw(() => json.struct);
      return { given, sorted: sortedJson(given) };
    }
    return this.of(message, depth + 1);
  }

  #strangeOr(value: () => Twice): Twice {
    return this.#isStrange && this.#oneIn(12) ? same(this.#draw(() => strange)) : value();
  }

  #oneIn(n: number): boolean {
    return this.#draw(fc.nat, n - 1) === 0;
  }
}

/** `FieldPresence.LEGACY_REQUIRED` of descriptors. */
const REQUIRED = 3;

function same(value: unknown): Twice {
  return { given: value, sorted: value };
}

function entriesObject(entries: [string, unknown][]): object {
  return Object.fromEntries(entries);
}

function sortedJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedJson);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sortedJson(each)]));
}
