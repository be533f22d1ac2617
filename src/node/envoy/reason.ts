import { fromBinary, getOption } from "@bufbuild/protobuf";
import { DataSourceSchema } from "../../../gen/envoy/config/core/v3/base_pb.ts";
import { sensitive } from "../../../gen/udpa/annotations/sensitive_pb.ts";
import type { DescMessage, Resource } from "../../resource/mod.ts";
import { check } from "../../validate/check.ts";
import { knownType, knownTypes, typeNameOf } from "../../validate/known-types.ts";
import { Place } from "../../validate/place.ts";
import { walkOf } from "../../validate/walk.ts";

/**
 * What Envoy says is wrong, for people: without its log's frame, without the dump of the configuration that it puts before
 * a broken rule, and without anything that a resource holds in place of a file, such as a key.
 */
export function readableReason(output: string, resources: Iterable<Resource>): string {
  const said = output.slice(output.indexOf(START)).replace(/^error initializing configuration '[^']*': /, "").trim();
  const rule = said.lastIndexOf(RULE);
  let text = rule < 0 ? said : said.slice(rule + RULE.length).replace(/^\((?:.* \| caused by )?(.*)\)$/s, "$1");
  for (const secret of inlineTexts(resources)) text = text.replaceAll(secret, "[redacted]");
  text = text.replace(/-----BEGIN[^]*/, "[redacted]");
  return text.length <= MAX_REASON ? text : `${text.slice(0, MAX_REASON)}…`;
}

/** The position of the listener or the cluster that breaks a rule of the API; undefined if the reason has none. */
export function positionIn(
  output: string,
): { readonly list: "listeners" | "clusters"; readonly index: number } | undefined {
  const found = /StaticResourcesValidationError\.(Listeners|Clusters)\[(\d+)\]/.exec(
    output.slice(output.lastIndexOf(RULE)),
  );
  if (found === null) return undefined;
  return { list: found[1] === "Listeners" ? "listeners" : "clusters", index: Number(found[2]) };
}

const START = "error initializing configuration";
const RULE = ": Proto constraint validation failed ";
const MAX_REASON = 1_000;
/** Shorter ones would redact words of Envoy. */
const MIN_SECRET = 6;

/** What resources hold in place of files, and in sensitive fields. */
function inlineTexts(resources: Iterable<Resource>): Set<string> {
  const found = new Set<string>();
  const add = (value: unknown): void => {
    if (typeof value === "string" && value.trim().length >= MIN_SECRET) found.add(value.trim());
  };
  const walk = walkOf([
    check(DataSourceSchema, "", ({ specifier: { case: is, value } }) => {
      const text = is === "inlineString" ? value : is === "inlineBytes" ? new TextDecoder().decode(value) : "";
      for (const line of [text, ...text.split("\n")]) add(line);
    }),
    ...sensitiveStrings().map(({ schema, localName }) =>
      check(schema, "", (message) => add((message as unknown as Record<string, unknown>)[localName]))
    ),
  ]);
  for (const resource of resources) {
    const schema = knownType(typeNameOf(resource.typeUrl));
    if (schema !== undefined) walk(schema, fromBinary(schema, resource.bytes), new Place(resource));
  }
  return found;
}

/** The fields that the API marks as sensitive, and that are strings; the others hold a source of data. */
function sensitiveStrings(): readonly { readonly schema: DescMessage; readonly localName: string }[] {
  return known ??= [...knownTypes()].flatMap((schema) =>
    schema.fields
      .filter((field) => field.fieldKind === "scalar" && getOption(field, sensitive))
      .map(({ localName }) => ({ schema, localName }))
  );
}

/** Found when Envoy first rejects something, since it takes the descriptors of the whole API. */
let known: readonly { readonly schema: DescMessage; readonly localName: string }[] | undefined;
