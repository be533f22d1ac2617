import { type DescMessage, fromJson, type JsonObject, type JsonValue } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Node } from "../../../gen/envoy/config/core/v3/base_pb.ts";
import { ProtocolError, type StreamLimits } from "../../stream/mod.ts";
import { type DecodedPoll, heldBytesOf } from "./poll-request.ts";

/**
 * Decodes a `DiscoveryRequest` in proto3 JSON. Fields may be named as in the .proto file, as Envoy does, or in lower camel
 * case. Unknown fields, and those that a poll has no use for, are ignored.
 *
 * @param options.node - the type of the node
 * @throws ConnectError - invalid_argument; its text gives the reason, and repeats nothing of the body
 * @throws ProtocolError where the node is too large
 */
export function readJsonRequest(
  bytes: Uint8Array,
  { node: schema, limits }: { readonly node: DescMessage; readonly limits: StreamLimits },
): DecodedPoll {
  const request = parse(bytes);
  const versionInfo = stringOf(request, "version_info", "versionInfo");
  const names = [
    ...listOf(request, "resource_names", "resourceNames").map((name) => asString(name, "resource_names")),
    ...listOf(request, "resource_locators", "resourceLocators").map(locatorName),
  ];
  const { node, nodeBytes } = readNode(fieldOf(request, "node", "node"), schema, limits);
  return {
    versionInfo,
    typeUrl: stringOf(request, "type_url", "typeUrl"),
    names,
    node,
    heldBytes: heldBytesOf({ nodeBytes, names, versionInfo }),
  };
}

/** The limit of protobuf. */
const MAX_DEPTH = 100;

const decoder = new TextDecoder("utf-8", { fatal: true });

function parse(bytes: Uint8Array): JsonObject {
  let value: JsonValue;
  try {
    value = JSON.parse(decoder.decode(bytes)) as JsonValue;
  } catch {
    throw invalid("the body is not JSON");
  }
  if (!isObject(value)) throw invalid("the body is not a JSON object");
  return value;
}

/** Null means that a field is not set. */
function fieldOf(object: JsonObject, name: string, jsonName: string): JsonValue | undefined {
  for (const key of [name, jsonName]) {
    // Own properties only: an inherited one is not from the body.
    if (Object.hasOwn(object, key)) return object[key] ?? undefined;
  }
  return undefined;
}

function stringOf(object: JsonObject, name: string, jsonName: string): string {
  return asString(fieldOf(object, name, jsonName) ?? "", name);
}

function listOf(object: JsonObject, name: string, jsonName: string): JsonValue[] {
  const value = fieldOf(object, name, jsonName) ?? [];
  if (!Array.isArray(value)) throw invalid(`${name} is not a list`);
  return value;
}

function locatorName(locator: JsonValue): string {
  if (!isObject(locator)) throw invalid("resource_locators has an entry that is not an object");
  return stringOf(locator, "name", "name");
}

function asString(value: JsonValue, name: string): string {
  if (typeof value !== "string") throw invalid(`${name} is not a string, or has an entry that is none`);
  return value;
}

function readNode(
  value: JsonValue | undefined,
  schema: DescMessage,
  { maxNodeBytes }: StreamLimits,
): { readonly node: Node | undefined; readonly nodeBytes: number } {
  if (value === undefined) return { node: undefined, nodeBytes: 0 };
  if (!isObject(value)) throw invalid("node is not an object");
  // A real Envoy lists all its extensions in every poll: nearly all of the body, and nothing reads them.
  delete value["extensions"];
  const nodeBytes = cleaned(value, 0);
  if (nodeBytes > maxNodeBytes) {
    throw new ProtocolError("resource_exhausted", `a node may have at most ${maxNodeBytes} bytes`, {
      limit: "maxNodeBytes",
    });
  }
  try {
    return { node: fromJson(schema, value, { ignoreUnknownFields: true }) as unknown as Node, nodeBytes };
  } catch {
    throw invalid("node is not a valid Node");
  }
}

/**
 * Deletes each `__proto__`, which would become the prototype of an object that is filled from this one.
 *
 * @returns the size of the value, roughly as protobuf would encode it
 */
function cleaned(value: JsonValue, depth: number): number {
  if (typeof value === "string") return BYTES_PER_VALUE + value.length;
  if (typeof value !== "object" || value === null) return BYTES_PER_VALUE;
  if (depth > MAX_DEPTH) throw invalid("node is nested too deeply");
  let bytes = BYTES_PER_VALUE;
  if (Array.isArray(value)) {
    for (const inner of value) bytes += cleaned(inner, depth + 1);
    return bytes;
  }
  delete value["__proto__"];
  for (const [name, inner] of Object.entries(value)) bytes += name.length + cleaned(inner, depth + 1);
  return bytes;
}

const BYTES_PER_VALUE = 4;

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(why: string): ConnectError {
  return new ConnectError(`Cannot read request: ${why}`, Code.InvalidArgument);
}
