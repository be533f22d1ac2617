import { type DescField, getOption } from "@bufbuild/protobuf";
import { sensitive } from "../../../gen/udpa/annotations/sensitive_pb.ts";

/**
 * Whether a field, and all below it, must not be shown: the API calls it sensitive, or it often holds a token or a key
 * though the API does not say so.
 */
export function isSensitive(field: DescField): boolean {
  return getOption(field, sensitive) || UNMARKED.has(`${field.parent.typeName}.${field.name}`);
}

const UNMARKED = new Set([
  "envoy.config.core.v3.DataSource.inline_bytes",
  "envoy.config.core.v3.DataSource.inline_string",
  "envoy.config.core.v3.HeaderValue.raw_value",
  "envoy.config.core.v3.HeaderValue.value",
  "envoy.config.core.v3.QueryParameter.value",
]);
