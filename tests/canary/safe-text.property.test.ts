import { createRegistry, type DescField, toJson } from "@bufbuild/protobuf";
import { StringValueSchema } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RejectionReason } from "../../src/stream/mod.ts";
import { planted } from "./plant.ts";
import { textOf, type TextStyle } from "./protobuf-text.ts";
import { sensitiveFields } from "./sensitive-fields.ts";

const FIELDS = await sensitiveFields();
const REGISTRY = createRegistry(StringValueSchema);
/** In each key, more than once, so that a part of a key is seen too. */
const MARK = "CANARY";

/** What a key has beside its marks: what ends a string, a message, a line, or is written as an escape. */
const junk = fc.array(
  fc.constantFrom('"', "'", "\\", "{", "}", "[", "]", "<", ">", "\n", " ", ":", ",", "ü", "\u0000", "k", "=", ";", "("),
  { maxLength: 6 },
).map((parts) => parts.join(""));
const plainJunk = fc.array(fc.constantFrom("k", "-", ".", "ü", " ", "/"), { maxLength: 6 }).map((all) => all.join(""));

interface DumpInput {
  readonly field: DescField;
  readonly between: string;
  readonly form: "text" | "bytes";
  readonly writing: "text" | "JSON" | "JSON with names of fields" | "JSON in a string";
  readonly style: TextStyle;
}

function dumps(between: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const input = fc.record({
    field: fc.constantFrom(...FIELDS),
    between,
    form: fc.constantFrom("text" as const, "bytes" as const),
    writing: fc.constantFrom<DumpInput["writing"]>(
      "text",
      "JSON",
      "JSON with names of fields",
      "JSON in a string",
    ),
    style: fc.record({
      separator: fc.constantFrom<TextStyle["separator"]>(" ", "\n", "\n  ", "  "),
      colon: fc.boolean(),
    }),
  });
  return input.map(dump);
}

function dump({ field, between, form, writing, style }: DumpInput): string {
  const message = planted(field, `${MARK}${between}${MARK}`, form);
  if (writing === "text") return textOf(field.parent, message, style);
  const json = toJson(field.parent, message, {
    registry: REGISTRY,
    useProtoFieldName: writing === "JSON with names of fields",
  });
  const text = JSON.stringify(json, undefined, style.separator === " " ? undefined : 2);
  return writing === "JSON in a string" ? JSON.stringify(text) : text;
}

/** What a client writes before, between and behind dumps. */
const words = fc.constantFrom(
  "",
  "Error adding/updating cluster(s) a: ",
  'error parsing "x" response: resource "a": ',
  "xDS response validation errors: [resource index 0: a: ",
  "goo.gle/debugonly  ",
  "goo.gle/debugproto\n",
  ": Proto constraint validation failed (X.Y: value must be (greater) than 0)",
  "Proto constraint validation failed (X.Y: no): ",
  " cannot be used, ",
  "missing ): a{1,3} ",
  "it's ",
);

describe("the reason of a NACK", () => {
  it("shows no key of a dump, whatever is written around it and wherever it is cut off", () => {
    const parts = fc.array(fc.tuple(words, dumps(junk)), { minLength: 1, maxLength: 3 });
    const cut = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(fc.property(parts, words, cut, fc.boolean(), (all, end, share, upperCase) => {
      let text = all.map(([before, dump]) => before + dump).join(" ") + end;
      if (upperCase) text = text.toUpperCase();
      if (share !== null) text = text.slice(0, Math.ceil(text.length * share));
      expect(new RejectionReason(3, text).message, text).not.toContain(MARK);
    }));
  });

  it("shows no key of a dump whose beginning is cut off", () => {
    fc.assert(fc.property(dumps(plainJunk), fc.nat(), words, (dump, at, end) => {
      // Before that brace nothing says that the text is one of a message.
      const text = dump.slice(Math.min(at, dump.lastIndexOf("}"))) + end;
      if (!dump.includes("}")) return;
      expect(new RejectionReason(3, text).message, text).not.toContain(MARK);
    }));
  });

  it.each([
    { title: "a header with a scheme", text: `authorization: Bearer ${MARK}` },
    { title: "a header with a list", text: `Authorization: AWS4-HMAC-SHA256 Credential=a/b, Signature=${MARK}` },
    { title: "a header in another text", text: `upstream said 401 to Bearer ${MARK} again` },
    { title: "a header with another name", text: `x-auth-token: ${MARK}` },
    { title: "cookies", text: `cookie: a=1; session=${MARK}` },
    { title: "the text of a header", text: `key: "authorization" value: "${MARK}"` },
    { title: "a signed token", text: `eyJhbGciOiJIUzI1NiJ9.${MARK}.${MARK} cannot be verified` },
    { title: "PEM whose beginning is cut off", text: `${MARK}\n-----END PRIVATE KEY----- at all` },
    { title: "PEM with escapes", text: `-----BEGIN PRIVATE KEY-----\\n${MARK}\\n-----END PRIVATE KEY-----` },
    { title: "a line of base64", text: `cannot parse ${MARK}${"Aa1+/".repeat(12)}==` },
    { title: "a field of AWS", text: `secret_access_key: "${MARK}" session_token: "${MARK}"` },
    { title: "strings that follow each other", text: `inline_string: "a"\n  "${MARK}"` },
    { title: "a message in angles", text: `private_key: <inline: "${MARK}">` },
    { title: "a list in JSON", text: `"keys": ["a", "${MARK}"]` },
    { title: "a string in a string", text: `\\"privateKey\\": \\"a\\\\\\" ${MARK}\\"` },
    { title: "the end of a message", text: `${MARK}" } }: no` },
  ])("shows no key: $title", ({ text }) => {
    expect(new RejectionReason(3, text).message).not.toContain(MARK);
  });

  it.each([
    "Error adding/updating cluster(s) keys-of-b: cannot use it, at all: no, token-service: PEM missing",
    "xDS response validation errors: [resource index 0: b-1: INVALID_ARGUMENT: errors; resource index 3: a: no]",
    'error parsing "type.googleapis.com/x" response: 1 resource failed: resource "xdstp://x/t/n?a=1": no',
    "missing ): a{1,3}(b{2}",
    "Failed to load certificate chain from <inline>",
    "Didn't find a registered implementation for 'nope' with type URL: 'google.protobuf.Struct'",
  ])("keeps what holds no key: %s", (text) => {
    expect(new RejectionReason(3, text).message).toBe(text);
  });
});
