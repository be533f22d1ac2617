import { type DescEnum, ScalarType } from "@bufbuild/protobuf";
import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import type {
  BytesRules,
  DurationRules,
  EnumRules,
  FieldRules,
  StringRules,
} from "../../../gen/validate/validate_pb.ts";

// Values near the bounds of their rules, whether they break them or not, and values that are strange in themselves.

/** The fields of a message of rules that are set. */
export function set<T extends object>(rules: T | undefined): Partial<T> {
  return rules === undefined ? {} : Object.fromEntries(Object.entries(rules)) as Partial<T>;
}

export function numbers(scalar: ScalarType, rules: FieldRules | undefined): (number | bigint)[] {
  const isLong = LONG.has(scalar);
  const { type } = rules ?? {};
  const { lt, lte, gt, gte, const: only, in: list = [], notIn = [] } = set(type?.value) as Record<string, unknown> & {
    in?: number[];
    notIn?: number[];
  };
  const isReal = scalar === ScalarType.FLOAT || scalar === ScalarType.DOUBLE;
  const [lowest, highest] = RANGES[scalar] ?? [-(2n ** 31n), 2n ** 31n - 1n];
  const bounds = [lt, lte, gt, gte, only, ...list, ...notIn].filter((bound) => bound !== undefined) as number[];
  if (isReal) {
    const step = scalar === ScalarType.FLOAT ? 2 ** -10 : 1e-9;
    return [0, -0, 1, -1, NaN, Infinity, -Infinity, ...bounds.flatMap((bound) => [bound - step, bound, bound + step])];
  }
  const near = bounds.map(BigInt).flatMap((bound) => [bound - 1n, bound, bound + 1n]);
  const whole = [0n, 1n, 2n, 1000n, lowest, highest, ...near].filter((value) => value >= lowest && value <= highest);
  return isLong ? whole : whole.map(Number);
}

const LONG = new Set([
  ScalarType.INT64,
  ScalarType.UINT64,
  ScalarType.SINT64,
  ScalarType.FIXED64,
  ScalarType.SFIXED64,
]);

const RANGES: Partial<Record<ScalarType, readonly [bigint, bigint]>> = {
  [ScalarType.UINT32]: [0n, 2n ** 32n - 1n],
  [ScalarType.FIXED32]: [0n, 2n ** 32n - 1n],
  [ScalarType.UINT64]: [0n, 2n ** 64n - 1n],
  [ScalarType.FIXED64]: [0n, 2n ** 64n - 1n],
  [ScalarType.INT64]: [-(2n ** 63n), 2n ** 63n - 1n],
  [ScalarType.SINT64]: [-(2n ** 63n), 2n ** 63n - 1n],
  [ScalarType.SFIXED64]: [-(2n ** 63n), 2n ** 63n - 1n],
};

export function strings(rules: StringRules | undefined): string[] {
  const own = set(rules);
  const sizes = [own.len, own.minLen, own.maxLen, own.lenBytes, own.minBytes, own.maxBytes];
  const lengths = sizes.filter((size) => size !== undefined).map(Number).flatMap((size) => [size - 1, size, size + 1]);
  const { prefix = "", suffix = "", contains = "" } = own;
  return [
    ...SAMPLES,
    ...rules?.in ?? [],
    ...rules?.notIn ?? [],
    ...lengths.filter((length) => length >= 0 && length < 20_000).flatMap((length) => [
      "a".repeat(length),
      "é".repeat(length / 2),
      `${"a".repeat(Math.max(length - 1, 0))}💡`,
    ]),
    prefix,
    suffix,
    prefix + suffix,
    `${prefix}${contains}${suffix}`,
    `${prefix}a${contains}b${suffix}`,
    ...own.const === undefined ? [] : [own.const, `${own.const}a`],
    ...FORMATS[rules?.wellKnown.case ?? ""] ?? [],
    ...own.notContains === undefined ? [] : [own.notContains, `a${own.notContains}b`],
  ];
}

// deno-fmt-ignore
const SAMPLES = [
  "", "a", "abc", "A_b-9", ":path", "x-header", "x header", "a\0b", "a\r\nb", "a\tb", "a\x7fb", "é", "💡", "\ufeff",
  "/", "/a", "/a/", "/a?b", "a/b", "a?b", "a#b", "a.mmdb", ".mmdb", "mmdb", "%", "%a%", "%%", "a;b", "a,b", "a b", "\\",
  "*", "*.example.com", "http", "https", "`", "a\u2028b", "::", "-", "a.", "\u212a", "~", "index.html", "text/html",
];

/** Texts for the rules of well known formats. */
// deno-fmt-ignore
const FORMATS: Readonly<Record<string, readonly string[]>> = (() => {
  const hosts = [
    "example.com", "example.com.", ".", "a..b", "-a.com", "a-.com", "a_b", "EXAMPLE", "a".repeat(63), "a".repeat(64),
    `${"a.".repeat(126)}a`, `${"a.".repeat(126)}ab`, "xn--a", "\u212aelvin", "\u0130", "1.2.3.4",
  ];
  const ips = [
    "1.2.3.4", "1.2.3", "01.2.3.4", "1.2.3.256", "1.2.3.4.5", " 1.2.3.4", "::", "::1", "1::", "1::2::3", "fe80::1%eth0",
    "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "::ffff:1.2.3.4",
    "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1.2.3.4::", "12345::", "::g", ":::", ":", "1:", ":1", "::ffff:102:304", "::1.2.3",
    "1:2:3:4:5:6:7:1.2.3.4", "::ffff:01.2.3.4", "0:0:0:0:0:ffff:1.2.3.4",
  ];
  const uris = [
    "http://a", "http://a/b?c#d", "a:b", ":a", "1a:b", "a/b:c", "a:b/c", "//a/b", "///a", "////a", "http://a:80", "http://a:b",
    "http://a:", "http://a:1:2", "postgres://a:1,b:2/c", "postgres://a:1,b:x", "http://[::1]", "http://[::1]:80",
    "http://[::1]x", "http://[::1", "http://[1.2.3.4]", "http://[::ffff:1.2.3.4]", "http://[fe80::1%25en0]", "http://a[b]",
    "http://[fe80::1%25]", "http://[fe80::1%en0]", "http://[fe80::1%25%41]", "http://[fe80::1%25%20]", "http://[]",
    "http://a b", "http://a/b c", "http://a%20b", "http://a%41", "http://%c3%a9", "http://a%zz", "http://a/%zz", "/%2",
    "/%20", "a#%zz", "a#%20", "http://u:p@a", "http://u p@a", "http://u%zz@a", "http://u@b@a", "http://a^b", "http://a|b",
    "http://a\"b", "http://a<b>", "http://é", "a?%zz", "?a", "#", "*", "mailto:a@b", "http:a", "http:/a", "http://", "a\x01",
    "a#\x01", "HTTP://A", "h+.-1:a", "http://a?b:c", "http://a\\b", "http://a/b?c=d?e", "http://{a}", "http://a`", "%",
  ];
  const emails = ["a@b.c", "a@b", "@b", "a@", "a@b@c", "A <a@b.c>", "<a@b.c>", "\"a b\"@c.d", "a..b@c", ".a@b", "a@-b",
    `${"a".repeat(64)}@b`, `${"a".repeat(65)}@b`, "a@b.c ", "a b@c", "A a@b", "\"a@b\"@c", "a@b..c"];
  const uuids = ["12345678-1234-1234-1234-123456789abc", "12345678-1234-1234-1234-123456789ABC",
    "12345678-1234-1234-1234-123456789abg", "12345678123412341234123456789abc", "12345678-1234-1234-1234-123456789abcd"];
  return {
    hostname: hosts, address: [...hosts, ...ips], ip: ips, ipv4: ips, ipv6: ips, uri: uris, uriRef: uris, email: emails,
    uuid: uuids, wellKnownRegex: ["\0", "a\0", "\r", "a\r", "\n", "a\n", "a\r\n b", "a\0é", ":", "::a", "a:b", "a\u0080"],
  };
})();

export function byteStrings(rules: BytesRules | undefined): Uint8Array[] {
  const own = set(rules);
  const sizes = [own.len, own.minLen, own.maxLen].filter((size) => size !== undefined).map(Number);
  const lengths = [0, 1, 2, 4, 15, 16, 17, ...sizes.flatMap((size) => [size - 1, size, size + 1])];
  const mapped = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4);
  const parts = [own.prefix, own.suffix, own.contains, own.const].filter((part) => part !== undefined);
  return [
    ...lengths.filter((length) => length >= 0 && length < 20_000).map((length) => new Uint8Array(length).fill(97)),
    mapped,
    Uint8Array.of(0xff, 0xfe),
    Uint8Array.of(65, 0x80),
    new Uint8Array(16),
    ...rules?.in ?? [],
    ...rules?.notIn ?? [],
    ...parts,
    ...parts.flatMap((part) => [Uint8Array.of(...part, 1), Uint8Array.of(1, ...part), Uint8Array.of(1, ...part, 2)]),
    Uint8Array.of(...own.prefix ?? [], ...own.contains ?? [], ...own.suffix ?? []),
  ];
}

export function enumNumbers(desc: DescEnum, rules: EnumRules | undefined): number[] {
  return [...desc.values.map(({ number }) => number), ...rules?.in ?? [], ...rules?.notIn ?? [], -1, 999, 2 ** 31 - 1];
}

/** Seconds and nanoseconds. */
export type Pair = readonly [seconds: bigint, nanos: number];

export function durations(rules: DurationRules | undefined): Pair[] {
  const { lt, lte, gt, gte, const: only } = set(rules);
  const bounds = [lt, lte, gt, gte, only, ...rules?.in ?? [], ...rules?.notIn ?? []];
  // deno-fmt-ignore
  return [
    [0n, 0], [0n, 1], [0n, -1], [1n, 0], [-1n, 0], [1n, -1], [-1n, 1], [5n, 1_000_000_000], [5n, 999_999_999],
    [315_576_000_000n, 0], [315_576_000_001n, 0], [-315_576_000_000n, 0], [-315_576_000_001n, 0], [0n, 1_000_000],
    [9_223_372_036n, 854_775_807], [9_223_372_037n, 0], [2n ** 63n - 1n, 0], [3600n, 0],
    ...around(bounds),
  ];
}

export function timestamps(bounds: readonly (Timestamp | undefined)[], now: bigint): Pair[] {
  // deno-fmt-ignore
  return [
    [0n, 0], [0n, -1], [0n, 1_000_000_000], [-62_135_596_800n, 0], [-62_135_596_801n, 0], [253_402_300_799n, 999_999_999],
    [253_402_300_800n, 0], [now - 40n, 0], [now + 40n, 0], [now - 4000n, 0], [now + 4000n, 0],
    ...around(bounds),
  ];
}

/** A nanosecond below each, each, and a nanosecond above. */
function around(bounds: readonly (Duration | Timestamp | undefined)[]): Pair[] {
  return bounds.filter((bound) => bound !== undefined).flatMap(({ seconds, nanos }) =>
    [-1n, 0n, 1n].map((step): Pair => {
      const total = seconds * 1_000_000_000n + BigInt(nanos) + step;
      return [total / 1_000_000_000n, Number(total % 1_000_000_000n)];
    })
  );
}
