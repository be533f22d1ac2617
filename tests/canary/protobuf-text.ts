import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { isReflectMessage, reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";

/** How protobuf's text of a message is written: implementations differ, and differ on purpose. */
export interface TextStyle {
  readonly separator: " " | "\n" | "\n  " | "  ";
  /** A colon in front of a message, which is optional. */
  readonly colon: boolean;
}

/** A message in protobuf's text, as C++ and Go write it into reasons and logs. */
export function textOf(schema: DescMessage, message: Message, style: TextStyle): string {
  return fieldsOf(reflect(schema, message), style).join(style.separator);
}

function fieldsOf(message: ReflectMessage, style: TextStyle): string[] {
  return message.fields.filter((field) => message.isSet(field)).flatMap((field) => {
    switch (field.fieldKind) {
      case "list":
        return [...message.get(field)].map((value) => fieldOf(field, value, style));
      case "map":
        return [...message.get(field)].map(([key, value]) => {
          const entry = [`key: ${scalar(key)}`, ...valueOf("value", value, style)];
          return `${field.name} { ${entry.join(style.separator)} }`;
        });
      default:
        return [fieldOf(field, message.get(field), style)];
    }
  });
}

function fieldOf({ name }: DescField, value: unknown, style: TextStyle): string {
  return valueOf(name, value, style).join(style.separator);
}

function valueOf(name: string, value: unknown, style: TextStyle): string[] {
  if (!isReflectMessage(value)) return [`${name}: ${scalar(value)}`];
  const { separator, colon } = style;
  return [[`${name}${colon ? ":" : ""} {`, ...fieldsOf(value, style), "}"].join(separator)];
}

function scalar(value: unknown): string {
  if (typeof value === "string") return quoted(new TextEncoder().encode(value));
  return value instanceof Uint8Array ? quoted(value) : String(value);
}

/** Bytes that are not printable ASCII are octal. */
function quoted(bytes: Uint8Array): string {
  return `"${[...bytes].map(escaped).join("")}"`;
}

function escaped(byte: number): string {
  const character = String.fromCharCode(byte);
  const named = NAMED[character];
  if (named !== undefined) return named;
  return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, "0")}`;
}

const NAMED: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  '"': '\\"',
  "'": "\\'",
  "\\": "\\\\",
};
