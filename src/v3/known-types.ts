import type { DescMessage, MessageTypes } from "../resource/mod.ts";
import { showTypes } from "../resource/mod.ts";
import { DescriptorFiles } from "./descriptor-files.ts";
import { moreFiles, moreTypeNames } from "./more-types.ts";

/**
 * Finds the descriptor of a message type of the API, or of protobuf itself, at once and without importing its module.
 * A descriptor is made when its type is first looked up.
 *
 * @param typeName - the full name, such as `envoy.config.cluster.v3.Cluster`
 */
export function knownType(typeName: string): DescMessage | undefined {
  let schema = known.get(typeName);
  if (schema === undefined) {
    schema = find(typeName);
    if (schema !== undefined) known.set(typeName, schema);
  }
  return schema;
}

/** The full names of all of them that are not declared within others. Nothing is made for them. */
export function* knownTypeNames(): Iterable<string> {
  yield* files.typeNames;
  yield* MORE;
}

/** Uses the descriptors that a message type already has, and those that it refers to. */
export function shareDescriptors({ file }: DescMessage): void {
  files.add(file);
}

/** The types of Envoy's API and of protobuf, for what takes a registry. */
export const envoyTypes: MessageTypes = { getMessage: knownType };

const files = new DescriptorFiles();
const known = new Map<string, DescMessage>();
/** Those that `gen/` lacks. */
const MORE = moreTypeNames();
let more: readonly DescMessage[] | undefined;

/** A type may be declared within another one, whose name it has before its own. */
function find(typeName: string): DescMessage | undefined {
  const messages = files.fileWith(typeName)?.messages ?? (MORE.includes(typeName) ? moreMessages() : undefined);
  if (messages !== undefined) return messages.find((each) => each.typeName === typeName);
  const dot = typeName.lastIndexOf(".");
  const outer = dot < 0 ? undefined : knownType(typeName.slice(0, dot));
  return outer?.nestedMessages.find((each) => each.typeName === typeName);
}

function moreMessages(): readonly DescMessage[] {
  return more ??= moreFiles(IMPORTED.map((name) => files.fileWith(name)!)).flatMap(({ messages }) => messages);
}

/** A message of each file that they import. */
const IMPORTED = [
  "google.protobuf.Struct",
  "xds.core.v3.CidrRange",
  "xds.type.v3.CelExpression",
  "xds.type.matcher.v3.Matcher",
];

showTypes(envoyTypes);
