import type { Any } from "@bufbuild/protobuf/wkt";
import type { AnyRules } from "../../../gen/validate/validate_pb.ts";
import { type DescMessage, type Message, TYPE_URL_PREFIX } from "../../resource/mod.ts";
import type { Unpacked } from "../known-types.ts";
import { structContent } from "../typed-struct.ts";
import type { PlanOf, ValueCheck } from "./check.ts";
import { hasChecks } from "./reachable.ts";
import { membership, type Rule } from "./rule.ts";
import { type FieldStep, stepOf, type Walk } from "./walk.ts";

/** The message has to be set. A list or a map has none that is not. @param kind - the kind of rules that says so */
export function requiredCheck(kind: "message" | "any" | "duration" | "timestamp"): ValueCheck {
  const missing = { id: `${kind}.required`, expected: "Must be set" };
  return (value, walk, at) => {
    if (value === undefined) walk.report(missing, undefined, at);
  };
}

/** What is checked in a message, if it is set; undefined for types in which nothing can be found. */
export function embeddedCheck(desc: DescMessage, planOf: PlanOf): ValueCheck | undefined {
  if (desc.typeName === ANY) return contentCheck(planOf);
  if (!hasChecks(desc)) return undefined;
  let plan: ReturnType<PlanOf> | undefined;
  return (value, walk, at) => {
    if (value === undefined) return;
    plan ??= planOf(desc);
    if (at === undefined) return plan.check(value as Message, walk);
    walk.enter(at);
    plan.check(value as Message, walk);
    walk.leave();
  };
}

/**
 * The rules of a field with an `any` rule. A message of another type than `Any` may have one, as
 * `ExtensionConfigSource.config_source` does; what is in it is not checked then, by Go's generated code neither.
 */
export function anyCheck(desc: DescMessage, rules: AnyRules, planOf: PlanOf): ValueCheck | undefined {
  if (desc.typeName !== ANY) return undefined;
  const types = membership<string>("any", { in: rules.in, notIn: rules.notIn }, (typeUrl) => typeUrl);
  const checkContent = contentCheck(planOf);
  return (value, walk, at) => {
    if (value !== undefined) checkType(types, (value as Any).typeUrl, { walk, at });
    checkContent(value, walk, at);
  };
}

const ANY = "google.protobuf.Any";
const UNREADABLE = { id: "any.unreadable", expected: "Must hold a message of its type, which can be decoded" };
const TOO_DEEP = { id: "any.too_deep", expected: "Must not be nested so deeply" };
/** In fields and members; Envoy's own limit for nested messages is 100. */
const MAX_DEPTH = 1_000;

function checkType(types: readonly Rule[], typeUrl: string, { walk, at }: { walk: Walk; at: FieldStep | undefined }) {
  for (const rule of types) if (rule.isBroken(typeUrl as never)) walk.report(rule, typeUrl, at);
}

/** Checks what an `Any` holds, where its type is known. */
function contentCheck(planOf: PlanOf): ValueCheck {
  return (value, walk, at) => {
    if (value === undefined) return;
    const any = value as Any;
    if (walk.depth > MAX_DEPTH) return walk.report(TOO_DEEP, undefined, at);
    if (any.typeUrl === "" && any.value.length === 0) return;
    let content;
    try {
      content = walk.unpack(any);
    } catch {
      return walk.report(UNREADABLE, any.typeUrl, at);
    }
    // The check `extension.type` speaks of types that are not known.
    if (content === undefined) return;
    const inner = structContent(content.message)?.unpacked;
    if (!hasChecks((inner ?? content).schema)) return;
    if (at) walk.enter(at);
    walk.enter({ typeUrl: any.typeUrl });
    if (inner === undefined) planOf(content.schema).check(content.message, walk);
    else checkStruct(content.schema, inner, { walk, planOf });
    walk.leave();
    if (at) walk.leave();
  };
}

/** Checks what a `TypedStruct` holds as JSON. */
function checkStruct(
  struct: DescMessage,
  { schema, message }: Unpacked,
  { walk, planOf }: { readonly walk: Walk; readonly planOf: PlanOf },
): void {
  walk.enter(stepOf(struct.field["value"]!));
  walk.enter({ typeUrl: TYPE_URL_PREFIX + schema.typeName });
  planOf(schema).check(message, walk);
  walk.leave();
  walk.leave();
}
