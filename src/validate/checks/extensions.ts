import { AnySchema } from "@bufbuild/protobuf/wkt";
import { type Check, check } from "../check.ts";
import { knownType, knownTypeNames, typeNameOf, WRAPPERS } from "../known-types.ts";
import { likelyName } from "../references/spelling.ts";
import type { Place } from "../place.ts";
import { type TypedStruct, typeNameIn } from "../typed-struct.ts";

/** Envoy has no type of that name, unless it was built with extensions of your own. */
export const UNKNOWN_TYPE: readonly Check[] = [
  check(AnySchema, "extension.type", ({ typeUrl, value }, at) => {
    // An empty one is there to be there, as in a filter that a route enables.
    if (typeUrl !== "" || value.length > 0) checkType(typeUrl, at);
  }),
  ...[...WRAPPERS].map((typeName): Check => ({
    rule: "extension.type",
    typeName,
    run(message, at) {
      const { typeUrl } = message as TypedStruct;
      if (typeUrl !== "") checkType(typeUrl, at);
    },
  })),
];

function checkType(typeUrl: string, at: Place): void {
  const name = typeNameOf(typeUrl);
  if (knownType(name) !== undefined || WRAPPERS.has(name)) return;
  if (!typeUrl.includes("/") || name === "") {
    return at.error({
      path: "type_url",
      message: "Must be a type URL, such as type.googleapis.com/package.Type",
      value: typeUrl,
    });
  }
  const likely = likelyType(name);
  at.warning({
    path: "type_url",
    message: "Must be the URL of a type of Envoy, or of an extension that the client has",
    value: typeUrl,
    ...likely !== undefined && { hint: `Did you mean "${likely}"?` },
  });
}

/** The type that is most likely meant, looked for once for each name. */
function likelyType(name: string): string | undefined {
  if (!likelyTypes.has(name)) {
    if (likelyTypes.size >= MAX_LIKELY) likelyTypes.clear();
    likelyTypes.set(name, likelyName(name, knownTypeNames()));
  }
  return likelyTypes.get(name);
}

const likelyTypes = new Map<string, string | undefined>();
const MAX_LIKELY = 1_000;

/**
 * Looks whether clients have the extensions that are configured.
 *
 * @param typeNames - the types that the extensions of the clients take, as in `node.extensions[].type_urls`
 */
export function extensionsKnownTo(typeNames: ReadonlySet<string>): Check[] {
  return [
    check(AnySchema, "extension.unknown", (any, at) => {
      // Extensions are configured by the fields of that name.
      if (!at.path.endsWith("typed_config")) return;
      const type = typeNameIn(any);
      if (type === "" || typeNames.has(type) || WRAPPERS.has(type)) return;
      const value = typeNameOf(any.typeUrl) === type ? any.typeUrl : type;
      at.error({ message: "Must be of a type that an extension of the clients takes", value });
    }),
  ];
}
