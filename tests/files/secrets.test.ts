import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { problemText, readDocument } from "../../src/files/mod.ts";
import { isSensitive } from "../../src/resource/mod.ts";
import { knownType, knownTypeNames } from "../../src/v3/known-types.ts";

const SECRET = "hunter2secret";

/** What people write where a secret is to be, with the secret in it. */
const SLIPS: readonly unknown[] = [
  SECRET,
  [SECRET],
  [[SECRET]],
  { [SECRET]: 1 },
  { inline_string: [SECRET] },
  { inline_string: { [SECRET]: SECRET } },
  { inline_bytes: `-${SECRET} ` },
  { inline_strin: SECRET },
  { "@type": `type.googleapis.com/${SECRET}` },
  { value: { [SECRET]: [SECRET] } },
  { [`-----BEGIN ${SECRET}`]: null },
];

describe("problems of documents", () => {
  const fields = [...sensitiveFields()];

  it.each(SLIPS.map((slip) => [JSON.stringify(slip), slip]))("have no secret that is written as %s", (_, slip) => {
    expect(fields.length).toBeGreaterThan(20);
    let found = 0;
    for (const field of fields) {
      const resource = { "@type": `type.googleapis.com/${field.parent.typeName}`, [field.name]: slip };
      const { problems } = readDocument(JSON.stringify(resource));
      expect(problems.map(problemText).join("\n")).not.toContain(SECRET);
      found += problems.length;
    }
    expect(found).toBeGreaterThanOrEqual(fields.length);
  });
});

function* sensitiveFields(): Iterable<DescField> {
  for (const name of knownTypeNames()) yield* fieldsOf(knownType(name)!);
}

function* fieldsOf(desc: DescMessage): Iterable<DescField> {
  if (desc.typeName.startsWith("envoy.")) yield* desc.fields.filter(isSensitive);
  for (const nested of desc.nestedMessages) yield* fieldsOf(nested);
}
