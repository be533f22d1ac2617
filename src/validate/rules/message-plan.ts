import { type DescField, type DescOneof, getOption, hasOption } from "@bufbuild/protobuf";
import { required, rules } from "../../../gen/validate/validate_pb.ts";
import type { DescMessage, Message } from "../../resource/mod.ts";
import type { Plan, ValueCheck } from "./check.ts";
import { deprecationOf } from "./deprecations.ts";
import { listCheck, mapCheck } from "./member-checks.ts";
import { hasChecks, isExempt } from "./reachable.ts";
import { isSensitive } from "./sensitive.ts";
import { inTurn, valueCheck } from "./value-check.ts";
import type { FieldStep, Walk } from "./walk.ts";

/** The checks of a type, compiled when they are first needed. */
export function planOf(desc: DescMessage): Plan {
  let plan = plans.get(desc);
  if (plan === undefined) plans.set(desc, plan = new MessagePlan(desc));
  return plan;
}

const plans = new WeakMap<DescMessage, Plan>();

type Fields = Readonly<Record<string, unknown>>;
type OneofCheck = (message: Fields, walk: Walk) => void;

/** A member of a oneof, as protobuf-es keeps it. */
interface Chosen {
  readonly case: string | undefined;
  readonly value?: unknown;
}

/**
 * Invariant: the arrays have the same length. One loop over arrays costs half of what a closure for each field does, since
 * most fields of most messages are not set.
 */
class MessagePlan implements Plan {
  readonly #names: string[] = [];
  readonly #checks: ValueCheck[] = [];
  readonly #steps: FieldStep[] = [];
  readonly #checksAbsence: boolean[] = [];
  readonly #oneofs: OneofCheck[] = [];

  constructor(desc: DescMessage) {
    if (!hasChecks(desc) || isExempt(desc)) return;
    for (const member of desc.members) {
      if (member.kind === "field") this.#addField(member);
      else this.#addOneof(member);
    }
  }

  check(message: Message, walk: Walk): void {
    const fields = message as unknown as Fields;
    const names = this.#names;
    for (let i = 0; i < names.length; i++) {
      const value = fields[names[i]!];
      if (value !== undefined || this.#checksAbsence[i]) this.#checks[i]!(value, walk, this.#steps[i]);
    }
    for (const check of this.#oneofs) check(fields, walk);
  }

  #addField(field: DescField): void {
    const check = inTurn(deprecationCheck(field), checkOf(field));
    if (check === undefined) return;
    this.#names.push(field.localName);
    this.#checks.push(check);
    this.#steps.push(stepOf(field));
    // A field that is `optional` has its rules when it is set only.
    this.#checksAbsence.push(field.fieldKind === "message" && !field.proto.proto3Optional);
  }

  #addOneof(oneof: DescOneof): void {
    const check = oneofCheck(oneof);
    if (check) this.#oneofs.push(check);
  }
}

function oneofCheck(oneof: DescOneof): OneofCheck | undefined {
  const { localName } = oneof;
  const members = new Map<string, { readonly check: ValueCheck; readonly step: FieldStep }>();
  for (const field of oneof.fields) {
    const check = inTurn(deprecationCheck(field), checkOf(field));
    if (check) members.set(field.localName, { check, step: stepOf(field) });
  }
  const isRequired = getOption(oneof, required);
  if (!isRequired && members.size === 0) return undefined;
  const missing = { id: "oneof.required", expected: `Must have ${namesOf(oneof)}` };
  return (message, walk) => {
    const chosen = message[localName] as Chosen | undefined;
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

function stepOf(field: DescField): FieldStep {
  return { field, text: `.${field.name}`, isSensitive: isSensitive(field) };
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
