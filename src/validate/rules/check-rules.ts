import type { DescMessage, Message } from "../../resource/mod.ts";
import { unpack } from "../known-types.ts";
import { decodeSparse } from "../sparse/decode.ts";
import { planOf } from "./message-plan.ts";
import { type Finding, Walk, type WalkOptions } from "./walk.ts";

/**
 * Checks a message by the rules of the API, `validate.rules` in its .proto files, and all that it holds, in each `Any` of
 * a known type too. Deprecated fields and values that are set are found as well.
 *
 * The rules mean what Go's generated `ValidateAll()` takes them for. They are compiled when a type is first checked.
 *
 * @param schema - the descriptor of the message's type
 * @param content - the message, or the bytes of one
 * @throws Error for bytes that are not of that type
 */
export function checkRules(
  schema: DescMessage,
  content: Message | Uint8Array,
  options: WalkOptions = DEFAULTS,
): readonly Finding[] {
  const message = content instanceof Uint8Array ? decodeSparse(schema, content) : content;
  const walk = new Walk(options);
  planOf(schema).check(message, walk);
  return walk.findings;
}

const DEFAULTS: WalkOptions = { unpack };
