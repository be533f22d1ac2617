import { AnySchema } from "@bufbuild/protobuf/wkt";
import { type Check, check } from "../check.ts";
import { knownType, knownTypes, typeNameOf } from "../known-types.ts";
import { likelyName } from "../references/spelling.ts";

/** Envoy has no type of that name, unless it was built with extensions of your own. */
export const UNKNOWN_TYPE = check(AnySchema, "extension.type", ({ typeUrl, value }, at) => {
  const name = typeNameOf(typeUrl);
  // An empty one is there to be there, as in a filter that a route enables.
  if (knownType(name) !== undefined || typeUrl === "" && value.length === 0) return;
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
});

/** The type that is most likely meant, looked for once for each name. */
function likelyType(name: string): string | undefined {
  if (!likelyTypes.has(name)) {
    if (likelyTypes.size >= MAX_LIKELY) likelyTypes.clear();
    likelyTypes.set(name, likelyName(name, [...knownTypes()].map(({ typeName }) => typeName)));
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
  return EXTENSION_FIELDS.map(([schema, localName, name]) =>
    check(schema, "extension.unknown", (message, at) => {
      const any = valueOf(message as unknown as Record<string, unknown>, localName);
      if (any === undefined || typeNames.has(typeNameOf(any.typeUrl)) || WRAPPERS.has(typeNameOf(any.typeUrl))) return;
      at.error({ path: name, message: "Must be of a type that an extension of the clients takes", value: any.typeUrl });
    })
  );
}

interface Any {
  readonly typeUrl: string;
}

/** Messages that wrap a type of another extension. */
const WRAPPERS: ReadonlySet<string> = new Set(["xds.type.v3.TypedStruct", "udpa.type.v1.TypedStruct"]);

/** The fields `typed_config`, which extensions are configured by. */
const EXTENSION_FIELDS = [...knownTypes()].flatMap((schema) =>
  schema.fields
    .filter(({ name, message }) => name === "typed_config" && message?.typeName === AnySchema.typeName)
    .map(({ localName, name, oneof }) =>
      [schema, oneof === undefined ? localName : `${oneof.localName}.${localName}`, name] as const
    )
);

function valueOf(message: Record<string, unknown>, name: string): Any | undefined {
  const [oneof, member] = name.split(".") as [string, string?];
  if (member === undefined) return message[oneof] as Any | undefined;
  const chosen = message[oneof] as { readonly case?: string; readonly value?: unknown };
  return chosen.case === member ? chosen.value as Any : undefined;
}
