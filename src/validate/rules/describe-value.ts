import type { DescField } from "@bufbuild/protobuf";

/** In characters. */
const MAX_LENGTH = 80;

/**
 * A value of a field for people, shortened.
 *
 * @param isMember - whether it is a member of a list or a map, and not the whole of it
 * @returns undefined for a message
 */
export function describeValue(value: unknown, field: DescField | undefined, isMember: boolean): string | undefined {
  switch (typeof value) {
    case "string":
      return shortened(value);
    case "number":
      return nameOfNumber(value, field) ?? String(value);
    case "bigint":
    case "boolean":
      return String(value);
  }
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (!isMember && field?.fieldKind === "list") return `${(value as unknown[]).length} items`;
  if (!isMember && field?.fieldKind === "map") return `${Object.keys(value as object).length} pairs`;
  const { $typeName, seconds, nanos } = value as { $typeName?: string; seconds?: bigint; nanos?: number };
  if ($typeName === "google.protobuf.Duration") return `${seconds}s${nanos ? ` ${nanos}ns` : ""}`;
  return undefined;
}

function nameOfNumber(value: number, field: DescField | undefined): string | undefined {
  return field && "enum" in field ? field.enum?.value[value]?.name : undefined;
}

function shortened(value: string): string {
  if (value.length <= MAX_LENGTH) return JSON.stringify(value);
  // A pair of surrogates is not cut in two.
  return `${JSON.stringify(value.slice(0, MAX_LENGTH).replace(/[\ud800-\udbff]$/, ""))}…`;
}
