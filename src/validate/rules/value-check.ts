import type { DescEnum } from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import type { FieldRules } from "../../../gen/validate/validate_pb.ts";
import type { DescMessage } from "../../resource/mod.ts";
import type { PlanOf, ValueCheck } from "./check.ts";
import { deprecatedValues } from "./deprecations.ts";
import { anyCheck, embeddedCheck, requiredCheck } from "./message-check.ts";
import type { Rule } from "./rule.ts";
import { rulesOf } from "./rules-of.ts";

/** What a field, or a member of it, holds. */
export interface Target {
  readonly message?: DescMessage | undefined;
  readonly enum?: DescEnum | undefined;
  /** Whether a wrapper such as `UInt32Value` stands for its value, as it does in fields of their own. */
  readonly isUnboxed?: boolean;
}

/** Compiles what is checked of one value; undefined for nothing. */
export function valueCheck(target: Target, rules: FieldRules | undefined, planOf: PlanOf): ValueCheck | undefined {
  const { message } = target;
  if (message === undefined) return scalarCheck(target, rules);
  if (rules === undefined || rules.type.case === undefined) {
    return inTurn(
      rules?.message?.required ? requiredCheck("message") : undefined,
      rules?.message?.skip ? undefined : embeddedCheck(message, planOf),
    );
  }
  const { case: kind, value } = rules.type;
  switch (kind) {
    case "any":
      return inTurn(value.required ? requiredCheck(kind) : undefined, anyCheck(message, value, planOf));
    case "duration":
    case "timestamp":
      return inTurn(value.required ? requiredCheck(kind) : undefined, ifSet(ruleCheck(rulesOf(rules, undefined))));
    default:
      return inTurn(rules.message?.required ? requiredCheck("message") : undefined, wrapperCheck(target, rules));
  }
}

function scalarCheck(target: Target, rules: FieldRules | undefined): ValueCheck | undefined {
  return inTurn(rules && ruleCheck(rulesOf(rules, target.enum)), target.enum && deprecationCheck(target.enum));
}

/** As in Envoy, a deprecated value is one too where it is the default of a field that is not set. */
function deprecationCheck(values: DescEnum): ValueCheck | undefined {
  const deprecated = deprecatedValues(values);
  if (deprecated.size === 0) return undefined;
  return (value, walk, at) => {
    const finds = deprecated.get(value as number);
    if (finds) walk.report(finds, value, at);
  };
}

/** The rules of a scalar hold for the value in a wrapper, if there is one. */
function wrapperCheck({ message, isUnboxed }: Target, rules: FieldRules): ValueCheck | undefined {
  const check = ruleCheck(rulesOf(rules, undefined));
  if (check === undefined || !isWrapperDesc(message!)) return undefined;
  if (isUnboxed) return ifSet(check);
  return (value, walk, at) => {
    if (value !== undefined) check((value as { value: unknown }).value, walk, at);
  };
}

function ruleCheck(rules: readonly Rule[]): ValueCheck | undefined {
  const [first] = rules;
  if (first === undefined) return undefined;
  if (rules.length === 1) {
    return (value, walk, at) => {
      if (first.isBroken(value as never)) walk.report(first, value, at);
    };
  }
  return (value, walk, at) => {
    for (const rule of rules) if (rule.isBroken(value as never)) walk.report(rule, value, at);
  };
}

function ifSet(check: ValueCheck | undefined): ValueCheck | undefined {
  return check && ((value, walk, at) => {
    if (value !== undefined) check(value, walk, at);
  });
}

/** Both checks, of which either may be absent. */
export function inTurn(first: ValueCheck | undefined, second: ValueCheck | undefined): ValueCheck | undefined {
  if (!first || !second) return first ?? second;
  return (value, walk, at) => {
    first(value, walk, at);
    second(value, walk, at);
  };
}
