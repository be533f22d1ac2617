import type { DescField } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import type { DescMessage, Message } from "../resource/mod.ts";
import type { Check } from "./check.ts";
import { shareDescriptors, unpack } from "./known-types.ts";
import type { Place } from "./place.ts";

/** Runs checks on a message and on all that is in it, what an `Any` holds included. */
export type CheckWalk = (schema: DescMessage, message: Message, at: Place) => void;

/**
 * Makes a walk of some checks. Fields that lead to none of them are not visited.
 *
 * @param checks - the checks, in the order in which they run on a message
 */
export function walkOf(checks: readonly Check[]): CheckWalk {
  const byType = Map.groupBy(checks, ({ typeName }) => typeName);
  for (const { schema } of checks) if (schema !== undefined) shareDescriptors(schema);
  const leads = new LeadingTypes(new Set([ANY, ...byType.keys()]));
  const plans = new Map<DescMessage, Plan>();

  function planOf(schema: DescMessage): Plan {
    let plan = plans.get(schema);
    if (plan === undefined) {
      plan = newPlan(schema, byType.get(schema.typeName) ?? [], leads);
      plans.set(schema, plan);
    }
    return plan;
  }

  function walk(plan: Plan, message: Message, at: Place): void {
    if (at.ancestors.length > MAX_DEPTH) return;
    const { checks, names, steps, oneofs } = plan;
    at.ancestors.push(message);
    for (const { rule, run } of checks) {
      at.rule = rule;
      run(message, at);
    }
    const fields = message as unknown as Fields;
    for (let i = 0; i < names.length; i++) {
      const value = fields[names[i]!];
      if (value !== undefined) visit(steps[i]!, value, at);
    }
    for (const { name, members } of oneofs) {
      const chosen = fields[name] as { readonly case?: string; readonly value?: unknown };
      const step = chosen.case === undefined ? undefined : members.get(chosen.case);
      if (step !== undefined) visit(step, chosen.value, at);
    }
    at.ancestors.pop();
  }

  function visit(step: Step, value: unknown, at: Place): void {
    const { name, kind } = step;
    if (kind === "list" && (value as unknown[]).length === 0) return;
    const plan = step.plan ??= planOf(step.schema);
    at.path.field(name);
    if (kind === "message") enter(plan, value as Message, at);
    else if (kind === "list") (value as Message[]).forEach((each, i) => enterEntry(plan, each, at, i));
    else for (const key in value as Fields) enterEntry(plan, (value as Fields)[key] as Message, at, key);
    at.path.leave();
  }

  function enterEntry(plan: Plan, message: Message, at: Place, key: string | number): void {
    at.path.entry(key);
    enter(plan, message, at);
    at.path.leave();
  }

  function enter(plan: Plan, message: Message, at: Place): void {
    walk(plan, message, at);
    if (plan.isAny) enterAny(message as Any, at);
  }

  function enterAny(any: Any, at: Place): void {
    let unpacked;
    try {
      unpacked = unpack(any);
    } catch {
      // The rules of the API say so.
      return;
    }
    if (unpacked === undefined) return;
    at.path.any(any.typeUrl);
    enter(planOf(unpacked.schema), unpacked.message, at);
    at.path.leave();
  }

  return (schema, message, at) => walk(planOf(schema), message, at);
}

type Fields = Record<string, unknown>;

/**
 * What is done with the messages of a type.
 *
 * Invariant: `names` and `steps` have the same length. Most fields of most messages are not set, so that a loop over names
 * is what a walk costs.
 */
interface Plan {
  readonly checks: readonly Check[];
  readonly isAny: boolean;
  /** The fields of no oneof that are visited, as they are named in a message. */
  readonly names: readonly string[];
  readonly steps: readonly Step[];
  readonly oneofs: readonly { readonly name: string; readonly members: ReadonlyMap<string, Step> }[];
}

/** A field of a message that holds messages. */
interface Step {
  /** The name in the .proto file. */
  readonly name: string;
  readonly kind: "message" | "list" | "map";
  /** The type of what it holds. */
  readonly schema: DescMessage;
  /** The plan of that type, once it is needed. */
  plan: Plan | undefined;
}

/** The rules of the API say so where it is exceeded. */
const MAX_DEPTH = 1_000;
const ANY = "google.protobuf.Any";

function newPlan(schema: DescMessage, checks: readonly Check[], leads: LeadingTypes): Plan {
  const fields = schema.fields.filter(({ message }) => message !== undefined && leads.has(message));
  const plain = fields.filter(({ oneof }) => oneof === undefined);
  const oneofs = schema.oneofs.map(({ localName, fields: members }) => ({
    name: localName,
    members: new Map(members.filter((each) => fields.includes(each)).map((each) => [each.localName, stepOf(each)])),
  }));
  return {
    checks,
    isAny: schema.typeName === ANY,
    names: plain.map(({ localName }) => localName),
    steps: plain.map(stepOf),
    oneofs: oneofs.filter(({ members }) => members.size > 0),
  };
}

function stepOf({ name, fieldKind, message }: DescField): Step {
  return { name, kind: fieldKind as Step["kind"], schema: message!, plan: undefined };
}

/** The types that can hold one of some types, at any depth, and those themselves. */
class LeadingTypes {
  readonly #targets: ReadonlySet<string>;
  readonly #known = new Map<DescMessage, boolean>();

  constructor(targets: ReadonlySet<string>) {
    this.#targets = targets;
  }

  has(schema: DescMessage): boolean {
    let leads = this.#known.get(schema);
    if (leads === undefined) {
      const visited = new Set([schema]);
      leads = this.#search(visited);
      // Where nothing was found, none of those that were visited leads anywhere.
      for (const each of leads ? [schema] : visited) this.#known.set(each, leads);
    }
    return leads;
  }

  /** Whether one of the types leads to a target; those on the way are added to them. */
  #search(visited: Set<DescMessage>): boolean {
    // A set that grows while it is iterated: those added are visited as well.
    for (const schema of visited) {
      if (this.#targets.has(schema.typeName) || this.#known.get(schema) === true) return true;
      if (this.#known.has(schema)) continue;
      for (const { message } of schema.fields) if (message !== undefined) visited.add(message);
    }
    return false;
  }
}
