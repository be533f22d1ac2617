import type { DescMessage, Message } from "../../resource/mod.ts";
import type { FieldStep, Walk } from "./walk.ts";

/**
 * Checks a value of a field, or a member of a list or a map.
 *
 * @param at - the field, which has not been entered; undefined for a member, which has been
 */
export type ValueCheck = (value: unknown, walk: Walk, at: FieldStep | undefined) => void;

/** The checks of all messages of a type. */
export interface Plan {
  check(message: Message, walk: Walk): void;
}

/** Finds the checks of a type, compiled once. */
export type PlanOf = (desc: DescMessage) => Plan;
