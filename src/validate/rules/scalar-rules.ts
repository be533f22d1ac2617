import type { DescEnum } from "@bufbuild/protobuf";
import type * as pgv from "../../../gen/validate/validate_pb.ts";
import { NUMERIC, rangeRules } from "./bounds.ts";
import { membership, type Rule, rule, setFields, unlessEmpty } from "./rule.ts";

/** The rules of any type of number; all have the same fields. */
export type NumberRules =
  | pgv.FloatRules
  | pgv.DoubleRules
  | pgv.Int32Rules
  | pgv.UInt32Rules
  | pgv.SInt32Rules
  | pgv.Fixed32Rules
  | pgv.SFixed32Rules
  | pgv.Int64Rules
  | pgv.UInt64Rules
  | pgv.SInt64Rules
  | pgv.Fixed64Rules
  | pgv.SFixed64Rules;

/** @param kind - the type of number, such as `uint32` */
export function numberRules(kind: string, message: NumberRules): Rule[] {
  const set = setFields(message as pgv.UInt32Rules);
  const rules = [
    ...membership<number>(kind, { ...set, in: message.in as number[], notIn: message.notIn as number[] }, String),
    ...rangeRules(kind, set, NUMERIC),
  ];
  return set.ignoreEmpty ? unlessEmpty<number | bigint>(rules, (value) => value == 0) : rules;
}

/** The rules of booleans. */
export function boolRules(message: pgv.BoolRules): Rule[] {
  return membership<boolean>("bool", setFields(message), String);
}

/** The rules of enums. `defined_only` knows the values of the generated API; a newer client may know more. */
export function enumRules(message: pgv.EnumRules, values: DescEnum): Rule[] {
  const set = setFields(message);
  const show = (number: number) => values.value[number]?.name ?? String(number);
  const rules = membership<number>("enum", { ...set, in: message.in, notIn: message.notIn }, show);
  if (set.definedOnly) {
    const defined = new Set(values.values.map(({ number }) => number));
    const text = `Must be a value of ${values.typeName}`;
    rules.push(rule<number>("enum.defined_only", text, (value) => !defined.has(value)));
  }
  return rules;
}
