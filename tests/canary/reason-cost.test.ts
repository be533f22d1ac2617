import { describe, expect, it } from "vitest";
import { RejectionReason } from "../../src/stream/mod.ts";

/** Four times what is read of a reason. */
const LENGTH = 16_384;
/** Linear time is about a millisecond; time that grows by the square is some hundreds. */
const MAX_MS = 50;

/** Parts of what the formats of reasons are found by, and what they are likely to read more than once. */
const PIECES = [
  "",
  " ",
  "\n",
  ":",
  "=",
  ".",
  ",",
  ", ",
  ": ",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  "{1",
  "{1,",
  "<",
  ">",
  '"',
  "'",
  "\\",
  '\\"',
  "-",
  "a",
  "a ",
  "a:",
  "a =",
  "key",
  "key:",
  "key: [",
  "key: <",
  "key: '",
  'key: "',
  'key: \\"',
  "token: ",
  "token=a",
  "cookie: a",
  "authorization",
  "bearer ",
  "basic",
  "eyJ",
  "eyJa.",
  "AAAAAAAA/",
  "-----",
  "-----BEGIN ",
  "-----END ",
  "goo.gle/debug",
  "Proto constraint validation failed",
  "Proto constraint validation failed(",
  "Error adding/updating ",
  "Error adding/updating cluster(s) a",
  "Error adding/updating cluster(s) , ",
  "in route ",
  'resource "',
  'resource "a":',
  "response a '",
  "resource index 0",
  "resource index 0: a",
  'name: "',
  ' name: "\\"',
  '{name:"a',
];
const NAMES = new Set(["a", "b"]);

describe("the reason of a NACK", () => {
  it.each(PIECES)("is read in linear time: rows of %j with each other", (piece) => {
    for (const other of PIECES.slice(PIECES.indexOf(piece))) {
      const row = (piece + other).repeat(Math.ceil(LENGTH / ((piece + other).length || 1))).slice(0, LENGTH);
      const halves = piece.repeat(LENGTH).slice(0, LENGTH / 2) + other.repeat(LENGTH).slice(0, LENGTH / 2);
      for (const text of [`${row}x`, `${halves}x`, `"${halves}"`]) {
        expect(costOf(text), JSON.stringify(text.slice(0, 80))).toBeLessThan(MAX_MS);
      }
    }
  });
});

/** The least of some runs: others may use the machine at the same time. */
function costOf(text: string): number {
  let least = Infinity;
  for (let run = 0; run < 5 && least >= MAX_MS; run++) {
    const started = performance.now();
    new RejectionReason(3, text).culprits([...NAMES], NAMES);
    least = Math.min(least, performance.now() - started);
  }
  return least;
}
