import { createRegistry, type DescField, toJson } from "@bufbuild/protobuf";
import { StringValueSchema } from "@bufbuild/protobuf/wkt";
import { type Form, planted } from "./plant.ts";
import { textOf } from "./protobuf-text.ts";

const REGISTRY = createRegistry(StringValueSchema);
/** Where Envoy cuts a reason off. */
const MAX_LENGTH = 4096;

/** The reasons in which clients may quote a message with a key in one of its fields. */
export function reasonsFor(field: DescField, key: string): string[] {
  const whole = (["text", "bytes"] satisfies Form[]).flatMap((form) => dumpsOf(field, key, form)).flatMap((dump) =>
    FORMATS.map((format) => format(dump))
  );
  // Cut off within the key, and right behind it.
  const long = dumpsOf(field, `${"x".repeat(3_500)}${key}${"x".repeat(1_000)}`, "text");
  const cut = long.flatMap((dump) => FORMATS.map((format) => format(dump).slice(0, MAX_LENGTH)));
  return [...whole, ...cut];
}

const FORMATS: readonly ((dump: string) => string)[] = [
  // Envoy.
  (dump) => `goo.gle/debugonly  ${dump}: Proto constraint validation failed (X.Y: value is required)`,
  (dump) => `Proto constraint validation failed (X.Y: value is required): ${dump}`,
  (dump) => `Error adding/updating cluster(s) planted: goo.gle/debugstr ${dump}, other: no`,
  (dump) => `Error adding/updating listener(s) planted: cannot use ${dump}\n`,
  // grpc-go.
  (dump) => `error parsing "type" response: 1 resource failed: resource "planted": bad message ${dump};\n`,
  // grpc-java.
  (dump) => `SDS response Secret 'planted' validation error: ${dump}`,
  // gRPC's C core, and grpc-js.
  (dump) => `xDS response validation errors: [resource index 0: planted: INVALID_ARGUMENT: ${dump}]`,
  (dump) => dump,
];

function dumpsOf(field: DescField, key: string, form: Form): string[] {
  const message = planted(field, key, form);
  const json = toJson(field.parent, message, { registry: REGISTRY });
  return [
    textOf(field.parent, message, { separator: " ", colon: false }),
    textOf(field.parent, message, { separator: "\n", colon: true }),
    JSON.stringify(json),
    JSON.stringify(JSON.stringify(json)),
  ];
}
