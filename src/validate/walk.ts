import type { DescField } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import { type DescMessage, type Message, TYPE_URL_PREFIX } from "../resource/mod.ts";
import type { Check } from "./check.ts";
import { shareDescriptors, unpack } from "./known-types.ts";
import type { Place } from "./place.ts";
import { slotsOf } from "./sparse/layout.ts";
import { BITS, bitsOf, highBits, lowBits, lowestBit, type SlotBits } from "./sparse/sparse-message.ts";
import { structContent } from "./typed-struct.ts";

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
    const { checks, slots, visited } = plan;
    at.ancestors.push(message);
    for (let i = 0; i < checks.length; i++) {
      const { rule, run } = checks[i]!;
      at.rule = rule;
      run(message, at);
    }
    const fields = message as unknown as Fields;
    const low = lowBits(message);
    if (low === undefined) {
      for (let slot = 0; slot < slots.length; slot++) visitSlot(slots[slot], fields, at);
    } else {
      // Most fields of most messages are not set, so that a loop over all of them is what a walk costs.
      for (let bits = low & visited.low; bits !== 0; bits &= bits - 1) visitSlot(slots[lowestBit(bits)], fields, at);
      for (let bits = highBits(message) & visited.high; bits !== 0; bits &= bits - 1) {
        visitSlot(slots[lowestBit(bits) + BITS], fields, at);
      }
    }
    at.ancestors.pop();
  }

  function visitSlot(slot: Slot | undefined, fields: Fields, at: Place): void {
    const value = slot && fields[slot.name];
    if (value === undefined) return;
    const { step, members } = slot!;
    if (step !== undefined) return visit(step, value, at);
    const chosen = value as { readonly case?: string; readonly value?: unknown };
    const member = chosen.case === undefined ? undefined : members!.get(chosen.case);
    if (member !== undefined) visit(member, chosen.value, at);
  }

  function visit(step: Step, value: unknown, at: Place): void {
    const { text, kind } = step;
    if (kind === "list" && (value as unknown[]).length === 0) return;
    const plan = step.plan ??= planOf(step.schema);
    at.path.field(text);
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
    enterStruct(unpacked.message, at);
    at.path.leave();
  }

  function enterStruct(message: Message, at: Place): void {
    const content = structContent(message)?.unpacked;
    if (content === undefined) return;
    at.path.field(".value");
    at.path.any(TYPE_URL_PREFIX + content.schema.typeName);
    enter(planOf(content.schema), content.message, at);
    at.path.leave();
    at.path.leave();
  }

  return (schema, message, at) => walk(planOf(schema), message, at);
}

type Fields = Record<string, unknown>;

/** What is done with the messages of a type. */
interface Plan {
  readonly checks: readonly Check[];
  readonly isAny: boolean;
  /** Undefined for those that are not visited. */
  readonly slots: readonly (Slot | undefined)[];
  /** Those that are visited. */
  readonly visited: SlotBits;
}

/** A field in no oneof, or a oneof, of which one member is visited. */
interface Slot {
  /** As it is named in a message. */
  readonly name: string;
  readonly step?: Step;
  readonly members?: ReadonlyMap<string, Step>;
}

/** A field of a message that holds messages. */
interface Step {
  /** The name in the .proto file, after a dot. */
  readonly text: string;
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
  const isVisited = ({ message }: DescField) => message !== undefined && leads.has(message);
  const slots = slotsOf(schema).map((member): Slot | undefined => {
    const name = member.localName;
    if (member.kind === "field") return isVisited(member) ? { name, step: stepOf(member) } : undefined;
    const members = new Map(member.fields.filter(isVisited).map((each) => [each.localName, stepOf(each)]));
    return members.size === 0 ? undefined : { name, members };
  });
  const visited = bitsOf([...slots.keys()].filter((slot) => slots[slot] !== undefined));
  return { checks, isAny: schema.typeName === ANY, slots, visited };
}

function stepOf({ name, fieldKind, message }: DescField): Step {
  return { text: `.${name}`, kind: fieldKind as Step["kind"], schema: message!, plan: undefined };
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
