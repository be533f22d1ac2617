import { type DescField, ScalarType } from "@bufbuild/protobuf";
import type { FieldRules, MapRules } from "../../../gen/validate/validate_pb.ts";
import type { PlanOf, ValueCheck } from "./check.ts";
import { count } from "./lengths.ts";
import { type Rule, rule, setFields } from "./rule.ts";
import { rulesOf } from "./rules-of.ts";
import { valueCheck } from "./value-check.ts";
import type { FieldStep, Walk } from "./walk.ts";

type ListField = DescField & { readonly fieldKind: "list" };
type MapField = DescField & { readonly fieldKind: "map" };

/** What is checked of a list and of its items. */
export function listCheck(field: ListField, rules: FieldRules | undefined, planOf: PlanOf): ValueCheck | undefined {
  const own = rules?.type.case === "repeated" ? rules.type.value : undefined;
  const sizes = own ? sizeRules("repeated", "item", own.minItems, setFields(own).maxItems) : [];
  const item = valueCheck({ message: field.message, enum: field.enum }, own?.items, planOf);
  const isUnique = own?.unique ?? false;
  if (sizes.length === 0 && !item && !isUnique) return undefined;
  const mayBeEmpty = own?.ignoreEmpty ?? false;
  return (value, walk, at) => {
    const list = value as readonly unknown[];
    if (mayBeEmpty && list.length === 0) return;
    checkSize(sizes, list.length, { value, walk, at });
    if (list.length === 0 || (!item && !isUnique)) return;
    walk.enter(at!);
    if (isUnique) checkUnique(list, walk);
    if (item) {
      for (let i = 0; i < list.length; i++) {
        walk.enter(i);
        item(list[i], walk, undefined);
        walk.leave();
      }
    }
    walk.leave();
  };
}

/** What is checked of a map, its keys and its values. */
export function mapCheck(field: MapField, rules: FieldRules | undefined, planOf: PlanOf): ValueCheck | undefined {
  const own = rules?.type.case === "map" ? rules.type.value : undefined;
  const sizes = own ? sizeRules("map", "pair", own.minPairs, setFields(own).maxPairs) : [];
  const keys = keyRules(own);
  const item = valueCheck({ message: field.message, enum: field.enum }, own?.values, planOf);
  if (sizes.length === 0 && keys.length === 0 && !item) return undefined;
  const mayBeEmpty = own?.ignoreEmpty ?? false;
  return (value, walk, at) => {
    const names = Object.keys(value as object);
    if (mayBeEmpty && names.length === 0) return;
    checkSize(sizes, names.length, { value, walk, at });
    if (names.length === 0) return;
    walk.enter(at!);
    for (const name of names) {
      const key = keyOf(name, field.mapKey);
      walk.enter(key);
      for (const each of keys) if (each.isBroken(key as never)) walk.report(each, key);
      item?.((value as Record<string, unknown>)[name], walk, undefined);
      walk.leave();
    }
    walk.leave();
  };
}

const UNIQUE = { id: "repeated.unique", expected: "Must not be in the list twice" };

function sizeRules(kind: string, unit: string, min: bigint, max: bigint | undefined): Rule[] {
  const rules: Rule[] = [];
  const [least, most] = [Number(min), max === undefined ? Infinity : Number(max)];
  const text = (bound: number, word: string) => `Must have at ${word} ${count(bound, unit)}`;
  if (least > 0) rules.push(rule<number>(`${kind}.min_${unit}s`, text(least, "least"), (size) => size < least));
  if (most < Infinity) rules.push(rule<number>(`${kind}.max_${unit}s`, text(most, "most"), (size) => size > most));
  return rules;
}

function checkSize(
  rules: readonly Rule[],
  size: number,
  { value, walk, at }: { value: unknown; walk: Walk; at: FieldStep | undefined },
): void {
  for (const each of rules) if (each.isBroken(size as never)) walk.report(each, value, at);
}

/** As in Go, NaN differs from itself; bytes are the same if their content is. */
function checkUnique(list: readonly unknown[], walk: Walk): void {
  const seen = new Set<unknown>();
  for (const [i, item] of list.entries()) {
    const identity = item instanceof Uint8Array ? item.toString() : item;
    if (seen.has(identity) && !Number.isNaN(identity)) {
      walk.enter(i);
      walk.report(UNIQUE, item);
      walk.leave();
    }
    seen.add(identity);
  }
}

function keyRules(own: MapRules | undefined): Rule[] {
  const rules = own?.keys ? rulesOf(own.keys, undefined) : [];
  return rules.map(({ id, expected, isBroken }) => ({ id: `map.keys.${id}`, expected: `Key: ${expected}`, isBroken }));
}

/** Maps have their keys as strings, whatever their type. */
function keyOf(name: string, type: ScalarType): string | number | bigint | boolean {
  switch (type) {
    case ScalarType.STRING:
      return name;
    case ScalarType.BOOL:
      return name === "true";
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return BigInt(name);
    default:
      return Number(name);
  }
}
