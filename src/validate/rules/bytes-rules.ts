import type * as pgv from "../../../gen/validate/validate_pb.ts";
import { ipVersionOfBytes } from "./ip.ts";
import { lengthRules } from "./lengths.ts";
import { patternTest } from "./patterns.ts";
import { membership, type Rule, rule, setFields, unlessEmpty } from "./rule.ts";

/** The rules of bytes. */
export function bytesRules(message: pgv.BytesRules): Rule[] {
  const set = setFields(message);
  const rules = [
    ...lengthRules("bytes", "byte", { len: set.len, min: set.minLen, max: set.maxLen }, LENGTH),
    ...affixRules(set),
    ...membershipOfBytes(message, set),
    ...ipRules(message),
  ];
  const { pattern } = set;
  if (pattern !== undefined) {
    const matches = patternTest(pattern);
    const text = (value: Uint8Array) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(value);
    rules.push(rule<Uint8Array>("bytes.pattern", `Must match ${pattern}`, (value) => !matches(text(value))));
  }
  return set.ignoreEmpty ? unlessEmpty<Uint8Array>(rules, (value) => value.length === 0) : rules;
}

const LENGTH = { atLeast: lengthOf, atMost: lengthOf, exact: lengthOf };

function lengthOf(value: Uint8Array): number {
  return value.length;
}

/** Bytes have no identity, so that they are compared as text. */
function membershipOfBytes(message: pgv.BytesRules, set: Partial<pgv.BytesRules>): Rule[] {
  const rules = membership<string>("bytes", {
    const: set.const && hex(set.const),
    in: message.in.map(hex),
    notIn: message.notIn.map(hex),
  }, (value) => value);
  return rules.map(({ id, expected, isBroken }) => {
    return rule<Uint8Array>(id, expected, (value) => isBroken(hex(value) as never));
  });
}

function affixRules({ prefix, suffix, contains }: Partial<pgv.BytesRules>): Rule[] {
  const rules: Rule[] = [];
  const add = (id: string, text: string, isMet: (value: string) => boolean) => {
    rules.push(rule<Uint8Array>(`bytes.${id}`, text, (value) => !isMet(hex(value))));
  };
  if (prefix) add("prefix", `Must begin with ${hex(prefix)}`, (value) => value.startsWith(hex(prefix)));
  if (suffix) add("suffix", `Must end with ${hex(suffix)}`, (value) => value.endsWith(hex(suffix)));
  if (contains) add("contains", `Must contain ${hex(contains)}`, (value) => value.includes(hex(contains)));
  return rules;
}

function ipRules({ wellKnown: { case: format, value } }: pgv.BytesRules): Rule[] {
  if (format === undefined || !value) return [];
  const isVersion = { ip: ipVersionOfBytes, ipv4: isVersionOf(4), ipv6: isVersionOf(6) }[format];
  const text = { ip: "an IP address", ipv4: "an IPv4 address", ipv6: "an IPv6 address" }[format];
  return [rule<Uint8Array>(`bytes.${format}`, `Must be ${text}`, (bytes) => !isVersion(bytes))];
}

function isVersionOf(version: 4 | 6): (bytes: Uint8Array) => boolean {
  return (bytes) => ipVersionOfBytes(bytes) === version;
}

/** As in `0a-ff`: with dashes, so that a part of it begins and ends with whole bytes. */
function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("-");
}
