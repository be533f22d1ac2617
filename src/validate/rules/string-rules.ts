import type * as pgv from "../../../gen/validate/validate_pb.ts";
import { formatRules } from "./formats.ts";
import { lengthRules } from "./lengths.ts";
import { patternTest } from "./patterns.ts";
import { membership, type Rule, rule, setFields, unlessEmpty } from "./rule.ts";

/** The rules of strings. */
export function stringRules(message: pgv.StringRules): Rule[] {
  const set = setFields(message);
  const rules = [
    ...membership<string>("string", { ...set, in: message.in, notIn: message.notIn }, JSON.stringify),
    ...lengthRules("string", "character", { len: set.len, min: set.minLen, max: set.maxLen }, codePoints),
    ...lengthRules("string", "byte", { len: set.lenBytes, min: set.minBytes, max: set.maxBytes }, utf8Bytes, BYTES),
    ...affixRules(set),
    ...formatRules(message),
  ];
  const { pattern } = set;
  if (pattern !== undefined) {
    const matches = patternTest(pattern);
    rules.push(rule<string>("string.pattern", `Must match ${pattern}`, (value) => !matches(value)));
  }
  return set.ignoreEmpty ? unlessEmpty<string>(rules, (value) => value === "") : rules;
}

const BYTES = { len: "len_bytes", min: "min_bytes", max: "max_bytes" };

function affixRules({ prefix, suffix, contains, notContains }: Partial<pgv.StringRules>): Rule[] {
  const rules: Rule[] = [];
  const add = (id: string, text: string, isBroken: (value: string) => boolean) => {
    rules.push(rule<string>(`string.${id}`, text, isBroken));
  };
  if (prefix !== undefined) {
    add("prefix", `Must begin with ${JSON.stringify(prefix)}`, (value) => !value.startsWith(prefix));
  }
  if (suffix !== undefined) {
    add("suffix", `Must end with ${JSON.stringify(suffix)}`, (value) => !value.endsWith(suffix));
  }
  if (contains !== undefined) {
    add("contains", `Must contain ${JSON.stringify(contains)}`, (value) => !value.includes(contains));
  }
  if (notContains !== undefined) {
    add("not_contains", `Must not contain ${JSON.stringify(notContains)}`, (value) => value.includes(notContains));
  }
  return rules;
}

/** A string has at most as many characters as units, and at least half as many. */
const codePoints = {
  atLeast: (value: string) => (value.length + 1) >> 1,
  atMost: (value: string) => value.length,
  exact(value: string): number {
    let count = value.length;
    for (let i = 1; i < value.length; i++) {
      if (isTrail(value.charCodeAt(i)) && isLead(value.charCodeAt(i - 1))) {
        count--;
        i++;
      }
    }
    return count;
  },
};

/** A unit takes one to three bytes in UTF-8; a pair of surrogates takes four. */
const utf8Bytes = {
  atLeast: (value: string) => value.length,
  atMost: (value: string) => value.length * 3,
  exact(value: string): number {
    let count = 0;
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      if (unit < 0x80) count += 1;
      else if (unit < 0x800) count += 2;
      else if (isLead(unit) && isTrail(value.charCodeAt(i + 1))) {
        count += 4;
        i++;
      } else count += 3;
    }
    return count;
  },
};

function isLead(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

function isTrail(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}
