import { type DescField, getOption } from "@bufbuild/protobuf";
import { sensitive } from "../../gen/udpa/annotations/sensitive_pb.ts";

/**
 * Whether a field, and all below it, must not be shown: the API calls it sensitive, or it often holds a token or a key
 * though the API does not say so.
 */
export function isSensitive(field: DescField): boolean {
  let found = known.get(field);
  if (found === undefined) {
    found = getOption(field, sensitive) || UNMARKED.has(`${field.parent.typeName}.${field.name}`);
    known.set(field, found);
  }
  return found;
}

const known = new WeakMap<DescField, boolean>();

const UNMARKED = new Set([
  "envoy.config.core.v3.DataSource.inline_bytes",
  "envoy.config.core.v3.DataSource.inline_string",
  "envoy.config.core.v3.HeaderValue.raw_value",
  "envoy.config.core.v3.HeaderValue.value",
  "envoy.config.core.v3.QueryParameter.value",
]);
