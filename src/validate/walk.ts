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
      plan = { checks: byType.get(schema.typeName) ?? [], steps: stepsOf(schema, leads) };
      plans.set(schema, plan);
    }
    return plan;
  }

  function walk(schema: DescMessage, message: Message, at: Place): void {
    if (at.ancestors.length > MAX_DEPTH) return;
    const { checks, steps } = planOf(schema);
    at.ancestors.push(message);
    for (const { rule, run } of checks) {
      at.rule = rule;
      run(message, at);
    }
    for (const step of steps) {
      const value = step.valueIn(message as unknown as Fields);
      if (value !== undefined) visit(step, value, at);
    }
    at.ancestors.pop();
  }

  function visit({ name, schema, kind }: Step, value: unknown, at: Place): void {
    if (kind === "list" && (value as unknown[]).length === 0) return;
    at.path.field(name);
    if (kind === "message") enter(schema, value as Message, at);
    else if (kind === "list") (value as Message[]).forEach((each, i) => enterEntry(schema, each, at, i));
    else for (const key in value as Fields) enterEntry(schema, (value as Fields)[key] as Message, at, key);
    at.path.leave();
  }

  function enterEntry(schema: DescMessage, message: Message, at: Place, key: string | number): void {
    at.path.entry(key);
    enter(schema, message, at);
    at.path.leave();
  }

  function enter(schema: DescMessage, message: Message, at: Place): void {
    walk(schema, message, at);
    if (schema.typeName === ANY) enterAny(message as Any, at);
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
    enter(unpacked.schema, unpacked.message, at);
    at.path.leave();
  }

  return walk;
}

type Fields = Record<string, unknown>;

interface Plan {
  readonly checks: readonly Check[];
  readonly steps: readonly Step[];
}

/** A field of a message that holds messages. */
interface Step {
  /** The name in the .proto file. */
  readonly name: string;
  readonly kind: "message" | "list" | "map";
  /** The type of what it holds. */
  readonly schema: DescMessage;
  readonly valueIn: (message: Fields) => unknown;
}

/** The rules of the API say so where it is exceeded. */
const MAX_DEPTH = 1_000;
const ANY = "google.protobuf.Any";

function stepsOf(schema: DescMessage, leads: LeadingTypes): Step[] {
  return schema.fields.flatMap((field): Step[] => {
    if (field.message === undefined || !leads.has(field.message)) return [];
    const { name, localName, oneof, fieldKind } = field;
    const holder = oneof?.localName;
    const valueIn = holder === undefined ? (message: Fields) => message[localName] : (message: Fields) => {
      const chosen = message[holder] as { readonly case?: string; readonly value?: unknown };
      return chosen.case === localName ? chosen.value : undefined;
    };
    return [{ name, kind: fieldKind as Step["kind"], schema: field.message, valueIn }];
  });
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
