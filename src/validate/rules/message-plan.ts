import { create, type DescField, type DescOneof, getOption, hasOption } from "@bufbuild/protobuf";
import { required, rules } from "../../../gen/validate/validate_pb.ts";
import type { DescMessage, Message } from "../../resource/mod.ts";
import { slotsOf } from "../sparse/layout.ts";
import { BITS, bitsOf, highBits, lowBits, lowestBit, type SlotBits } from "../sparse/sparse-message.ts";
import type { Plan, ValueCheck } from "./check.ts";
import { deprecationOf } from "./deprecations.ts";
import { listCheck, mapCheck } from "./member-checks.ts";
import { hasChecks, isExempt } from "./reachable.ts";
import { inTurn, valueCheck } from "./value-check.ts";
import { type FieldStep, stepOf, Walk } from "./walk.ts";

/** The checks of a type, compiled when they are first needed. */
export function planOf(desc: DescMessage): Plan {
  let plan = plans.get(desc);
  if (plan === undefined) plans.set(desc, plan = new MessagePlan(desc));
  return plan;
}

const plans = new WeakMap<DescMessage, Plan>();

type Fields = Readonly<Record<string, unknown>>;

/** A member of a oneof, as protobuf-es keeps it. */
interface Chosen {
  readonly case: string | undefined;
  readonly value?: unknown;
}

/** What is checked of one slot of a message. */
interface SlotCheck {
  /** As it is named in a message. */
  readonly name: string;
  readonly check: ValueCheck;
  /** Undefined for a oneof. */
  readonly step: FieldStep | undefined;
  /** Whether it is checked where the message has no value at all. */
  readonly checksAbsence: boolean;
}

/**
 * Visits what is set, since most fields of most messages are not, and besides what breaks a rule by its absence. Both are
 * visited in the order of the slots.
 */
class MessagePlan implements Plan {
  readonly #schema: DescMessage;
  /** By slot. Undefined for those of which nothing is checked. */
  readonly #checks: readonly (SlotCheck | undefined)[];
  /** The slots of `#checks`. */
  readonly #checked: SlotBits;
  /** The slots that break a rule where they are not set. */
  #absent: SlotBits | undefined = undefined;

  constructor(desc: DescMessage) {
    this.#schema = desc;
    this.#checks = !hasChecks(desc) || isExempt(desc) ? [] : slotsOf(desc).map(slotCheck);
    this.#checked = bitsOf([...this.#checks.keys()].filter((slot) => this.#checks[slot] !== undefined));
  }

  check(message: Message, walk: Walk): void {
    if (this.#checks.length === 0) return;
    const fields = message as unknown as Fields;
    const low = lowBits(message);
    if (low === undefined) {
      for (let slot = 0; slot < this.#checks.length; slot++) this.#checkSlot(slot, fields, walk);
      return;
    }
    const absent = this.#absent ??= this.#findAbsent();
    const checked = this.#checked;
    for (let bits = low & checked.low | absent.low; bits !== 0; bits &= bits - 1) {
      this.#checkSlot(lowestBit(bits), fields, walk);
    }
    for (let bits = highBits(message) & checked.high | absent.high; bits !== 0; bits &= bits - 1) {
      this.#checkSlot(lowestBit(bits) + BITS, fields, walk);
    }
  }

  #checkSlot(slot: number, fields: Fields, walk: Walk): void {
    const found = this.#checks[slot];
    if (found === undefined) return;
    const value = fields[found.name];
    if (value !== undefined || found.checksAbsence) found.check(value, walk, found.step);
  }

  /** An empty message shows them. */
  #findAbsent(): SlotBits {
    const empty = create(this.#schema) as unknown as Fields;
    return bitsOf([...this.#checks.keys()].filter((slot) => {
      const walk = new Walk({ unpack: () => undefined });
      this.#checkSlot(slot, empty, walk);
      return walk.findings.length > 0;
    }));
  }
}

function slotCheck(member: DescField | DescOneof): SlotCheck | undefined {
  const name = member.localName;
  if (member.kind === "oneof") {
    const check = oneofCheck(member);
    return check && { name, check, step: undefined, checksAbsence: true };
  }
  const check = inTurn(deprecationCheck(member), checkOf(member));
  // A field that is `optional` has its rules when it is set only.
  const checksAbsence = member.fieldKind === "message" && !member.proto.proto3Optional;
  return check && { name, check, step: stepOf(member), checksAbsence };
}

function oneofCheck(oneof: DescOneof): ValueCheck | undefined {
  const members = new Map<string, { readonly check: ValueCheck; readonly step: FieldStep }>();
  for (const field of oneof.fields) {
    const check = inTurn(deprecationCheck(field), checkOf(field));
    if (check) members.set(field.localName, { check, step: stepOf(field) });
  }
  const isRequired = getOption(oneof, required);
  if (!isRequired && members.size === 0) return undefined;
  const missing = { id: "oneof.required", expected: `Must have ${namesOf(oneof)}` };
  return (value, walk) => {
    const chosen = value as Chosen | undefined;
    if (chosen?.case !== undefined) {
      const member = members.get(chosen.case);
      if (member) member.check(chosen.value, walk, member.step);
    } else if (isRequired) {
      walk.reportOneof(missing, oneof.name);
    }
  };
}

function deprecationCheck(field: DescField): ValueCheck | undefined {
  const finds = deprecationOf(field);
  return finds && ((value, walk, at) => {
    if (isSet(field, value)) walk.report(finds, value, at);
  });
}

function checkOf(field: DescField): ValueCheck | undefined {
  const own = hasOption(field, rules) ? getOption(field, rules) : undefined;
  switch (field.fieldKind) {
    case "list":
      return listCheck(field, own, planOf);
    case "map":
      return mapCheck(field, own, planOf);
    case "message":
      return valueCheck({ message: field.message, isUnboxed: field.oneof === undefined }, own, planOf);
    default:
      return valueCheck({ enum: field.enum }, own, planOf);
  }
}

function isSet(field: DescField, value: unknown): boolean {
  switch (field.fieldKind) {
    case "list":
      return (value as readonly unknown[]).length > 0;
    case "map":
      return Object.keys(value as object).length > 0;
    case "message":
      return value !== undefined;
    default:
      // One of a oneof, or an `optional` one, may be set to its zero value.
      if (field.oneof || field.proto.proto3Optional) return value !== undefined;
      return value instanceof Uint8Array ? value.length > 0 : Boolean(value);
  }
}

/** In fields. */
const MAX_NAMES = 6;

function namesOf({ fields }: DescOneof): string {
  const names = fields.map(({ name }) => name);
  const shown = names.length > MAX_NAMES ? [...names.slice(0, MAX_NAMES), "…"] : names;
  return names.length === 1 ? names[0]! : `one of ${shown.join(", ")}`;
}
