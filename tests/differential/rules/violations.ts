import {
  type DescField,
  type DescMessage,
  type DescOneof,
  getOption,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import { sensitive } from "../../../gen/udpa/annotations/sensitive_pb.ts";
import { checkRules } from "../../../src/validate/rules/check-rules.ts";

/** What Go's code says of a message. */
export interface GoResult {
  readonly problem?: string;
  readonly violations?: readonly {
    /** Names of fields in Go, as in `["VirtualHosts[0]", "Domains"]`. */
    readonly path: readonly string[];
    readonly reason: string;
  }[];
}

/** Something that a message breaks, in the words of both. */
export interface Violation {
  /** As in `virtual_hosts[0].domains`. */
  readonly path: string;
  /** The kind of rule, such as `range`, since Go reports both bounds as one. */
  readonly kind: string;
  /** The field or oneof, as in `envoy.config.route.v3.VirtualHost.domains`. */
  readonly field: string;
}

/** What this project finds, but for what Go does not look at: deprecated fields, and what an `Any` holds. */
export function ourViolations(desc: DescMessage, message: Message): Violation[] {
  const errors = checkRules(desc, message, { unpack: () => undefined }).filter(({ rule }) => {
    return !rule.startsWith("deprecated.") && !rule.startsWith("disallowed.");
  });
  return errors.map(({ path, rule }) => ({ path, kind: kindOfRule(rule), field: fieldAt(desc, path) }));
}

export function goViolations(desc: DescMessage, { violations = [] }: GoResult): Violation[] {
  return violations.map(({ path, reason }) => {
    const where = readPath(desc, path);
    return { ...where, kind: kindOfReason(reason) };
  });
}

/** The field at the end of a path. */
function fieldAt(desc: DescMessage, path: string): string {
  let [inside, last]: [DescMessage | undefined, string] = [desc, ""];
  // A key of a map may hold anything, as JSON.
  for (const [, name] of path.matchAll(/(?:^|\.)(\w+)((?:\["(?:[^"\\]|\\.)*"\]|\[[^"\]]*\]+)?)/g)) {
    last = `${inside?.typeName}.${name}`;
    inside = inside?.fields.find((field) => field.name === name)?.message;
  }
  return last;
}

/** By the end of a rule's id. */
const KINDS: Readonly<Record<string, string>> = {
  ...all("range", "lt", "lte", "gt", "gte", "range", "lt_now", "gt_now", "within"),
  ...all("length", "len", "min_len", "max_len"),
  ...all("bytes", "len_bytes", "min_bytes", "max_bytes"),
  ...all("size", "min_items", "max_items", "min_pairs", "max_pairs"),
  ...all("pattern", "pattern", "well_known_regex"),
  ...all("ip", "ip", "ipv4", "ipv6"),
  ...all("uri", "uri", "uri_ref"),
};

function all(kind: string, ...ids: readonly string[]): Record<string, string> {
  return Object.fromEntries(ids.map((id) => [id, kind]));
}

/** @param rule - as in `string.min_len` */
export function kindOfRule(rule: string): string {
  const [id, kind] = [rule.slice(rule.lastIndexOf(".") + 1), rule.slice(0, rule.indexOf("."))];
  return kind === "bytes" && KINDS[id] === "length" ? "bytes" : KINDS[id] ?? id;
}

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^value is required/, "required"],
  [/^value must be (inside range|outside range|less than|greater than|within) /, "range"],
  [/^value length must be .* runes/, "length"],
  [/^value length must be .* bytes/, "bytes"],
  [/^value must contain .* (item|pair)/, "size"],
  [/^value does not match regex pattern/, "pattern"],
  [/^value must be one of the defined enum values/, "defined_only"],
  [/^(value|type URL) must be in list/, "in"],
  [/^(value|type URL) must not be in list/, "not_in"],
  [/^value must equal/, "const"],
  [/^value does not have prefix/, "prefix"],
  [/^value does not have suffix/, "suffix"],
  [/^value does not contain/, "contains"],
  [/^value contains substring/, "not_contains"],
  [/^value is not a valid (duration|timestamp)/, "valid"],
  [/^repeated value must contain unique items/, "unique"],
  [/^value must be a valid hostname, or ip address/, "address"],
  [/^value must be a valid hostname/, "hostname"],
  [/^value must be a valid email/, "email"],
  [/^value must be a valid IP/, "ip"],
  [/^value must be (a valid URI|absolute)/, "uri"],
  [/^value must be a valid UUID/, "uuid"],
];

function kindOfReason(reason: string): string {
  const found = REASONS.find(([pattern]) => pattern.test(reason));
  if (found === undefined) throw new Error(`Cannot read the reason "${reason}" of Go`);
  return found[1];
}

function readPath(desc: DescMessage, steps: readonly string[]): { readonly path: string; readonly field: string } {
  const path: string[] = [];
  let [inside, last]: [DescMessage | undefined, string] = [desc, ""];
  for (const step of steps) {
    const [, goName, , key] = /^(\w+)(\[([^]*)\])?$/.exec(step)!;
    const member = memberOf(inside, goName!);
    const isText = member?.kind === "field" && member.fieldKind === "map" && member.mapKey === ScalarType.STRING;
    // The API of Go is of another version, and may have a field that this one does not.
    const name = member?.name ?? goName!;
    const isSecret = member?.kind === "field" && getOption(member, sensitive);
    const shown = isText ? (isSecret ? "[redacted]" : JSON.stringify(key)) : key;
    path.push(key === undefined ? name : `${name}[${shown}]`);
    last = `${inside?.typeName}.${name}`;
    inside = member?.kind === "field" ? member.message : undefined;
  }
  return { path: path.join("."), field: last };
}

function memberOf(desc: DescMessage | undefined, goName: string): DescField | DescOneof | undefined {
  return desc && [...desc.fields, ...desc.oneofs].find(({ name }) => goNameOf(name) === goName);
}

/** As protoc-gen-validate spells it: `EnforcingConsecutive_5Xx`, `S2AAddress`. */
function goNameOf(name: string): string {
  const upper = (_: string, before: string, letter: string) => before + letter.toUpperCase();
  return name.replace(/(^)_*([a-z])/, upper).replaceAll(/()_([a-z])/g, upper).replaceAll(/([0-9])([a-z])/g, upper);
}
