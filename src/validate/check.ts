import type { MessageShape } from "@bufbuild/protobuf";
import type { DescMessage, Message } from "../resource/mod.ts";
import type { Place } from "./place.ts";

/** A check of one thing, in all messages of one type, wherever they are in a resource. */
export interface Check {
  /** The rule that its problems name. */
  readonly rule: string;
  /** The full name of the type of the messages that it looks at. */
  readonly typeName: string;
  /** The descriptor of that type, if it exists already. */
  readonly schema?: DescMessage;
  /** Looks at one message, and reports to its place. */
  readonly run: (message: Message, at: Place) => void;
}

/**
 * Makes a check.
 *
 * @param schema - the type of the messages that it looks at
 * @param rule - the rule that its problems name
 * @param run - looks at one message
 */
export function check<D extends DescMessage>(
  schema: D,
  rule: string,
  run: (message: MessageShape<D>, at: Place) => void,
): Check {
  return { rule, typeName: schema.typeName, schema, run: run as Check["run"] };
}
