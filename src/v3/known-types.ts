import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import { fileDesc } from "@bufbuild/protobuf/codegenv2";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import * as wkt from "@bufbuild/protobuf/wkt";
import { FILES } from "../../gen/descriptors.ts";
import { type MessageTypes, showTypes } from "../resource/mod.ts";
import { moreFiles, moreTypeNames } from "./more-types.ts";

/**
 * Finds the descriptor of a message type of the API, or of protobuf itself, at once and without importing its module.
 * A file of the API is decoded when one of its types is first looked up.
 *
 * @param typeName - the full name, such as `envoy.config.cluster.v3.Cluster`
 */
export function knownType(typeName: string): DescMessage | undefined {
  const found = decoded.get(typeName);
  if (found !== undefined) return found;
  const file = fileOf().get(typeName);
  if (file === undefined) return undefined;
  if (file === MORE) { for (const more of moreFiles(IMPORTS.map(descriptorOf))) addMessages(more); }
  else addMessages(descriptorOf(file));
  return decoded.get(typeName);
}

/** The full names of all of these types. Nothing is decoded for them. */
export function knownTypeNames(): Iterable<string> {
  return fileOf().keys();
}

/** Stands for the files of the types that `gen/` lacks. */
const MORE = "";
/** What they import. */
const IMPORTS = [
  "file_google_protobuf_struct",
  "file_xds_core_v3_cidr",
  "file_xds_type_v3_cel",
  "file_xds_type_matcher_v3_matcher",
];

/** By the names of types. */
const decoded = new Map<string, DescMessage>();
const files = new Map<string, DescFile>();
let fileOfType: Map<string, string> | undefined;

/** The name of the file of each type. */
function fileOf(): ReadonlyMap<string, string> {
  if (fileOfType === undefined) {
    fileOfType = new Map();
    for (const [file, [, , messages]] of Object.entries(FILES)) {
      for (const message of messages) fileOfType.set(message, file);
    }
    for (const name of moreTypeNames()) fileOfType.set(name, MORE);
    for (const [name, value] of Object.entries(wkt)) {
      if (!isFile(value)) continue;
      files.set(name, value);
      for (const type of nestedTypes(value)) {
        if (type.kind === "message") fileOfType.set(type.typeName, name);
      }
    }
  }
  return fileOfType;
}

function isFile(value: unknown): value is DescFile {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "file";
}

function descriptorOf(name: string): DescFile {
  let file = files.get(name);
  if (file === undefined) {
    const [descriptor, imports] = FILES[name]!;
    file = fileDesc(descriptor, imports.map(descriptorOf));
    files.set(name, file);
  }
  return file;
}

function addMessages(file: DescFile): void {
  for (const type of nestedTypes(file)) {
    if (type.kind === "message") decoded.set(type.typeName, type);
  }
}

/** The types of Envoy's API and of protobuf, for what takes a registry. */
export const envoyTypes: MessageTypes = { getMessage: knownType };

showTypes(envoyTypes);
