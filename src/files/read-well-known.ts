import { create, type DescMessage, fromJson, type JsonValue, type Message, ScalarType } from "@bufbuild/protobuf";
import {
  FieldMaskSchema,
  isWrapperDesc,
  ListValueSchema,
  StructSchema,
  TimestampSchema,
  ValueSchema,
} from "@bufbuild/protobuf/wkt";
import { isExpanded, kindOf, type Node } from "./node.ts";
import { readDuration } from "./read-duration.ts";
import { type Read, readScalar } from "./read-scalar.ts";

/**
 * Whether a node has the form of its own that JSON has for messages of a type. Envoy reads the other form, an object of
 * the fields, as well.
 */
export function isInOwnForm(desc: DescMessage, node: Node): boolean {
  return hasOwnForm(desc) && (node.kind !== "map" || OBJECTS.has(desc.typeName));
}

/** Whether JSON has a form of its own for messages of a type, other than an object of its fields. */
export function hasOwnForm(desc: DescMessage): boolean {
  return desc.typeName.startsWith("google.protobuf.") && (FORMS.has(desc.typeName) || isWrapperDesc(desc));
}

/** Reads a message of such a type. `Any` is not among them: it is read with the types of the document. */
export function readWellKnown(desc: DescMessage, node: Node, isSecret: boolean): Read<Message> {
  switch (desc.typeName) {
    case "google.protobuf.Duration":
      return readDuration(node, isSecret || isExpanded(node));
    case "google.protobuf.Timestamp":
      return readText(node, TimestampSchema, 'a time, such as "2030-01-31T12:00:00Z"');
    case "google.protobuf.FieldMask":
      return readText(node, FieldMaskSchema, 'names of fields in lowerCamelCase, such as "a,b.cD"');
    case "google.protobuf.Struct":
      if (node.kind !== "map") return { message: `Expected an object, not ${kindOf(node)}` };
      return { value: fromJson(StructSchema, jsonOf(node)) };
    case "google.protobuf.ListValue":
      if (node.kind !== "list") return { message: `Expected a list, not ${kindOf(node)}` };
      return { value: fromJson(ListValueSchema, jsonOf(node)) };
    case "google.protobuf.Value":
      return { value: fromJson(ValueSchema, jsonOf(node)) };
    default:
      return readWrapper(desc, node);
  }
}

function readWrapper(desc: DescMessage, node: Node): Read<Message> {
  const scalar = readScalar(desc.fields[0]!.scalar ?? ScalarType.STRING, node);
  if (!("value" in scalar)) return scalar;
  return { value: create(desc, { value: scalar.value } as never) };
}

function readText(node: Node, desc: DescMessage, expected: string): Read<Message> {
  const value = node.kind === "scalar" ? node.value : undefined;
  if (typeof value !== "string") return { message: `Expected ${expected}, not ${kindOf(node)}` };
  try {
    return { value: fromJson(desc, value) };
  } catch {
    // Its text quotes the value.
    return { message: `Expected ${expected}` };
  }
}

/** The value as JSON, where it has no type: Envoy makes texts of integers that a number does not hold. */
function jsonOf(node: Node): JsonValue {
  if (node.kind === "list") return node.items.map(jsonOf);
  if (node.kind === "map") {
    const object: Record<string, JsonValue> = Object.create(null);
    for (const { key, value } of node.entries) object[key] = jsonOf(value);
    return object;
  }
  return typeof node.value === "bigint" ? String(node.value) : node.value;
}

const FORMS = new Set(
  ["Duration", "Timestamp", "FieldMask", "Struct", "ListValue", "Value"].map((name) => `google.protobuf.${name}`),
);
/** Those whose own form is an object, or can be one. */
const OBJECTS = new Set(["google.protobuf.Struct", "google.protobuf.ListValue", "google.protobuf.Value"]);
