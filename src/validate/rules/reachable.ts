import { type DescMessage, getOption, hasOption } from "@bufbuild/protobuf";
import { disabled, ignored, required, rules } from "../../../gen/validate/validate_pb.ts";

/**
 * Whether anything may be found in messages of a type: a field in it or below has a rule, or is deprecated, or is an
 * `Any`, whose content may be of any type.
 */
export function hasChecks(desc: DescMessage): boolean {
  let known = results.get(desc);
  if (known === undefined) results.set(desc, known = reaches(desc, new Set()));
  return known;
}

/** Whether the rules of a type are not to be looked at. */
export function isExempt(desc: DescMessage): boolean {
  return getOption(desc, disabled) || getOption(desc, ignored);
}

const results = new WeakMap<DescMessage, boolean>();

function reaches(desc: DescMessage, visited: Set<DescMessage>): boolean {
  if (visited.has(desc) || isExempt(desc)) return false;
  visited.add(desc);
  if (desc.typeName === "google.protobuf.Any") return true;
  if (desc.oneofs.some((oneof) => getOption(oneof, required))) return true;
  return desc.fields.some((field) => {
    if (field.deprecated || hasOption(field, rules)) return true;
    if ("enum" in field && field.enum?.values.some(({ deprecated }) => deprecated)) return true;
    return "message" in field && field.message !== undefined && reaches(field.message, visited);
  });
}
