import { type DescMessage, getOption, hasOption } from "@bufbuild/protobuf";
import { type FieldRules, required, rules } from "../../../gen/validate/validate_pb.ts";
import { kindOfRule } from "./violations.ts";

/** A rule of a field of the API. */
export interface FieldRule {
  /** As in `string.min_len`, or `repeated.items.string.min_len`. */
  readonly rule: string;
  /** The field or oneof and the kind of the rule, as in `envoy.config.route.v3.VirtualHost.name length`. */
  readonly what: string;
}

/** All rules that the given types have. */
export function inventoryOf(types: Iterable<DescMessage>): FieldRule[] {
  const all: FieldRule[] = [];
  for (const desc of types) {
    for (const oneof of desc.oneofs) {
      const what = `${desc.typeName}.${oneof.name} required`;
      if (getOption(oneof, required)) all.push({ rule: "oneof.required", what });
    }
    for (const field of desc.fields) {
      if (!hasOption(field, rules)) continue;
      const name = `${desc.typeName}.${field.name}`;
      all.push(...idsOf(getOption(field, rules)).map((rule) => ({ rule, what: `${name} ${kindOfRule(rule)}` })));
    }
  }
  return all;
}

function idsOf({ message, type }: FieldRules): string[] {
  const ids = idsIn("message", message ?? {});
  if (type.case === undefined) return ids;
  const { items, keys, values, ...own } = type.value as
    & object
    & Partial<Record<"items" | "keys" | "values", FieldRules>>;
  ids.push(...idsIn(type.case, own));
  for (const [name, inner] of Object.entries({ items, keys, values })) {
    if (inner) ids.push(...idsOf(inner).map((id) => `${type.case}.${name}.${id}`));
  }
  return ids;
}

/** Those that are set, but for what only changes the meaning of others. */
function idsIn(kind: string, set: object): string[] {
  return Object.entries(set).flatMap(([name, value]) => {
    if (/^(\$typeName|\$unknown|strict|ignoreEmpty|skip)$/.test(name) || value === false) return [];
    if (Array.isArray(value) && value.length === 0) return [];
    if (name !== "wellKnown") return [`${kind}.${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`];
    const { case: format } = value as { case?: string };
    return format ? [`${kind}.${format.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`] : [];
  });
}
