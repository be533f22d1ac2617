import { describe, expect, it } from "vitest";
import { StringKindsSchema } from "../../differential/validate-all/kinds/kinds_pb.ts";
import { brokenAt } from "./broken.ts";

const ROWS: readonly (readonly [field: string, good: readonly string[], bad: readonly string[]])[] = [
  ["hostname", ["example.com", "example.com.", "A", "xn--a", "1.2.3.4"], [
    "",
    ".",
    "a..b",
    "-a",
    "a-",
    "a_b",
    "a b",
    "é",
  ]],
  ["ip", ["1.2.3.4", "::1", "::", "1::", "::ffff:1.2.3.4"], ["", "1.2.3", "01.2.3.4", "1.2.3.256", "fe80::1%a", ":::"]],
  ["ipv4", ["1.2.3.4", "::ffff:1.2.3.4"], ["::1", "::1.2.3.4"]],
  ["ipv6", ["::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::"], ["1.2.3.4", "1:2:3:4:5:6:7", "::1::", "12345::", "1:"]],
  ["address", ["example.com", "::1"], ["a_b", ""]],
  ["uri", ["http://a/b?c#d", "a:b", "http://[::1]:80"], [
    "",
    "/a",
    "//a",
    "http://a:b",
    "http://a b",
    "http://a/%z",
    ":a",
  ]],
  ["uri_ref", ["", "/a", "//a", "?b", "*"], ["http://[::1", "a:/b\x01", "1a:b", "#%"]],
  ["uuid", ["12345678-1234-1234-1234-123456789aBc"], ["", "12345678-1234-1234-1234-123456789abg"]],
  ["email", ["a@b.c", "A <a@b.c>", '"a b"@c.d'], [
    "",
    "a",
    "a@",
    "@b",
    "a..b@c",
    "a@b@c",
    "a@-b",
    `${"a".repeat(65)}@b`,
  ]],
];

describe("checkRules()", () => {
  it.each(ROWS)("knows string.%s", (field, good, bad) => {
    for (const value of good) expect(brokenAt(StringKindsSchema, field, value), value).toEqual([]);
    for (const value of bad) expect(brokenAt(StringKindsSchema, field, value), value).toEqual([`string.${field}`]);
  });

  it.each(["email", "hostname", "ip", "uri", "uri_ref", "uuid", "header_name", "header_value", "pattern"])(
    "takes a time for string.%s that is linear in the length of the value",
    (field) => {
      const parts = ["a", " ", "a.", ":", "1:", "%25", "a@", "[", "-", "\\", '"', "<"];
      const started = performance.now();
      for (const part of parts) {
        for (const end of ["", "!", "@b", ">"]) brokenAt(StringKindsSchema, field, part.repeat(50_000) + end);
      }
      expect(performance.now() - started).toBeLessThan(20_000);
    },
  );
});
