/**
 * What a plain scalar of YAML is to Envoy, which reads YAML 1.1 by yaml-cpp: `yes` is true, `010` is 8, and a number
 * with a fraction stays a text until a field says which type it has.
 */
export function plainScalar(text: string): string | number | bigint | boolean | null {
  if (NULLS.has(text)) return null;
  const boolean = BOOLEANS.get(text);
  if (boolean !== undefined) return boolean;
  return integerOf(text) ?? text;
}

/** As `std::istream` reads an integer when no base is set, and within 64 bits. */
function integerOf(text: string): number | bigint | undefined {
  const found = INTEGER.exec(text);
  if (found === null) return undefined;
  const [, sign, digits] = found;
  const magnitude = BigInt(OCTAL.test(digits!) ? `0o${digits!.slice(1)}` : digits!);
  const value = sign === "-" ? -magnitude : magnitude;
  if (value > MAX_INT64 || value < MIN_INT64) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]{1,16}|0[0-7]{1,22}|0|[1-9]\d{0,18})$/;
const OCTAL = /^0\d/;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

const NULLS = new Set(["", "~", "null", "Null", "NULL"]);
const BOOLEANS = new Map(
  [["y", "n"], ["yes", "no"], ["true", "false"], ["on", "off"]].flatMap(([yes, no]) => {
    return [
      ...spellings(yes!).map((each) => [each, true] as const),
      ...spellings(no!).map((each) => [each, false] as const),
    ];
  }),
);

function spellings(word: string): string[] {
  return [word, word.toUpperCase(), word[0]!.toUpperCase() + word.slice(1)];
}
