import { mutate, type MutationOptions } from "./mutate.ts";
import { joined, messagesIn } from "./messages.ts";

/**
 * Changes one message of an input that is a list of messages, or the list, so that lengths still fit: bytes that are
 * inserted anywhere would make all that follows unreadable.
 *
 * @param headBytes - how many bytes come before the first message
 */
export function mutateMessages(input: Uint8Array, headBytes: number, options: MutationOptions): Uint8Array {
  const { random, others, maxBytes } = options;
  const head = input.slice(0, headBytes);
  const messages = [...messagesIn(input.subarray(headBytes))];
  const other = [...messagesIn(random.pick(others).subarray(headBytes))];
  const at = random.below(messages.length + 1);
  switch (random.below(8)) {
    case 0:
      messages.splice(at, 1);
      break;
    case 1:
      if (other.length > 0) messages.splice(at, 0, random.pick(other));
      break;
    case 2:
      if (messages.length > 0) messages.splice(at, 0, random.pick(messages));
      break;
    default: {
      const message = messages[at] ?? random.pick([...other, new Uint8Array()]);
      messages[at] = mutateFields(message, MAX_DEPTH, options).subarray(0, MAX_MESSAGE);
    }
  }
  return Uint8Array.of(...head, ...joined(messages)).subarray(0, maxBytes);
}

const MAX_DEPTH = 4;
/** The length of a message has two bytes. */
const MAX_MESSAGE = 65_535;

/** A field of a message of protobuf: its tag, and its value without the length that may be in front. */
interface Field {
  readonly tag: Uint8Array;
  readonly value: Uint8Array;
  readonly hasLength: boolean;
}

function mutateFields(message: Uint8Array, depth: number, options: MutationOptions): Uint8Array {
  const { random } = options;
  const fields = fieldsIn(message);
  if (fields === undefined || fields.length === 0 || depth === 0 || random.below(8) === 0) {
    return mutate(message, options);
  }
  const at = random.below(fields.length);
  const field = fields[at]!;
  switch (random.below(6)) {
    case 0:
      fields.splice(at, 1);
      break;
    case 1: // again, at another place, often enough to matter
      for (let left = 1 + random.below(random.below(8) === 0 ? 200 : 3); left > 0; left--) {
        fields.splice(random.below(fields.length + 1), 0, field);
      }
      break;
    case 2:
      fields[at] = { ...field, tag: mutate(field.tag, { ...options, words: [], maxBytes: 5 }) };
      break;
    default:
      fields[at] = { ...field, value: mutateFields(field.value, field.hasLength ? depth - 1 : 0, options) };
  }
  return Uint8Array.from(fields.flatMap(({ tag, value, hasLength }) => {
    return [...tag, ...hasLength ? varint(value.length) : [], ...value];
  }));
}

/** @returns undefined for bytes that are no message */
function fieldsIn(message: Uint8Array): Field[] | undefined {
  const fields: Field[] = [];
  for (let at = 0; at < message.length;) {
    const tagEnd = endOfVarint(message, at);
    const wireType = message[at]! & 7;
    if (tagEnd > message.length) return undefined;
    let from = tagEnd;
    let end = { 0: endOfVarint(message, tagEnd), 1: tagEnd + 8, 5: tagEnd + 4 }[wireType];
    if (wireType === 2) {
      from = endOfVarint(message, tagEnd);
      end = from + numberIn(message.subarray(tagEnd, from));
    }
    if (end === undefined || end > message.length) return undefined;
    fields.push({ tag: message.slice(at, tagEnd), value: message.slice(from, end), hasLength: wireType === 2 });
    at = end;
  }
  return fields;
}

function endOfVarint(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at]! >= 128) at++;
  return at + 1;
}

function numberIn(varintBytes: Uint8Array): number {
  return varintBytes.reduceRight((sum, byte) => sum * 128 + (byte & 127), 0);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [value % 128 + 128, ...varint(Math.floor(value / 128))];
}
