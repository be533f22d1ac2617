import { type DescEnum, type DescField, getOption } from "@bufbuild/protobuf";
import {
  deprecated_at_minor_version,
  deprecated_at_minor_version_enum,
  disallowed_by_default,
  disallowed_by_default_enum,
} from "../../../gen/envoy/annotations/deprecation_pb.ts";
import type { Finds } from "./walk.ts";

/** What is to be said of a field that is deprecated, when it is set; undefined for one that is not. */
export function deprecationOf(field: DescField): Finds | undefined {
  if (!field.deprecated) return undefined;
  const since = getOption(field, deprecated_at_minor_version);
  return findsOf("field", since, getOption(field, disallowed_by_default));
}

/** What is to be said of each deprecated value of an enum, by its number. */
export function deprecatedValues(desc: DescEnum): ReadonlyMap<number, Finds> {
  const values = desc.values.filter(({ deprecated }) => deprecated);
  return new Map(values.map((value) => {
    const since = getOption(value, deprecated_at_minor_version_enum);
    return [value.number, findsOf("value", since, getOption(value, disallowed_by_default_enum))];
  }));
}

function findsOf(what: "field" | "value", since: string, isDisallowed: boolean): Finds {
  const age = since === "" ? "" : `, deprecated since version ${since} of Envoy's API`;
  if (!isDisallowed) {
    return { id: `deprecated.${what}`, expected: `Must not be used for long${age}`, severity: "warning" };
  }
  return {
    id: `disallowed.${what}`,
    expected: `Must not be used${age}`,
    hint: "Envoy rejects it unless its runtime sets envoy.features.enable_all_deprecated_features",
  };
}
