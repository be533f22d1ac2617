import assert from "node:assert/strict";
import { read } from "../../../src/node/peer-certificate.ts";
import type { Target } from "../target.ts";

const PEER = { fingerprint256: "AA", valid_to: "Jan  1 00:00:00 2030 GMT" };

/** What a certificate says of its client, as Node gives it. */
export const CERTIFICATES: readonly Target[] = [
  {
    name: "san-text",
    what: "lists of alternative names as text: what is read from them, if anything, never raises",
    seeds: ["DNS:a, URI:spiffe://a/b", 'URI:"spiffe://a/b, URI:c", DNS:x', "othername:<unsupported>, IP Address:::1"]
      .map(bytesOf),
    words: ["DNS:", "URI:", '"', '\\"', "\\u0000", ", ", "spiffe://", "\\", "\n", "/..", "/."],
    open: () => ({
      run(input) {
        const subjectaltname = Buffer.from(input).toString("latin1");
        const certificate = read({ ...PEER, subjectaltname, subject: { CN: subjectaltname } as never })!;
        const { dnsNames, uris, spiffeId } = certificate;
        for (const name of [...dnsNames, ...uris]) assert.ok(!name.includes("\0"));
        assert.ok(spiffeId === undefined || isSpiffeId(spiffeId), `${spiffeId} is not a SPIFFE id`);
        assert.ok(spiffeId === undefined || uris.length === 1);
      },
      check() {},
      async [Symbol.asyncDispose]() {},
    }),
  },
  {
    name: "san-names",
    what: "alternative names, one in each line: each is read as what it is, whatever it pretends to be",
    seeds: ["Da\nUspiffe://a/b", "Ux, DNS:y\nDz", "Uspiffe://a/b\nUspiffe://a/c", 'Da"b\nD\\'].map(bytesOf),
    words: ["\nD", "\nU", ", URI:spiffe://a/b", '"', "\\", "\x00", "spiffe://", "/../", "%2f"],
    open: () => ({
      run(input) {
        const names = Buffer.from(input).toString("latin1").split("\n").map((line) => {
          return { kind: line[0] === "U" ? "URI" : "DNS", value: line.slice(1) };
        });
        const subjectaltname = names.map(({ kind, value }) => `${kind}:${asNodeWrites(value)}`).join(", ");
        const certificate = read({ ...PEER, subjectaltname, subject: {} as never })!;
        const valid = names.filter(({ value }) => !value.includes("\0"));
        const of = (wanted: string) => valid.filter(({ kind }) => kind === wanted).map(({ value }) => value);
        assert.deepEqual(certificate.dnsNames, of("DNS"));
        assert.deepEqual(certificate.uris, of("URI"));
        const [uri = ""] = certificate.uris;
        const isOne = certificate.uris.length === 1 && isSpiffeId(uri);
        assert.equal(certificate.spiffeId, isOne ? uri : undefined);
      },
      check() {},
      async [Symbol.asyncDispose]() {},
    }),
  },
];

/** Node writes a name in JSON where it has a character that could end it. Source: `PrintGeneralName` in its `crypto`. */
function asNodeWrites(value: string): string {
  const isPlain = [...value].every((char) => char >= " " && char <= "~" && !`,"'\\`.includes(char)) && value !== "";
  return isPlain ? value : JSON.stringify(value);
}

/** By the text of the specification, part by part: https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md */
function isSpiffeId(text: string): boolean {
  if (!text.startsWith("spiffe://")) return false;
  const [domain = "", ...segments] = text.slice("spiffe://".length).split("/");
  const isOf = (part: string, allowed: string) => part !== "" && [...part].every((char) => allowed.includes(char));
  if (domain.length > 255 || !isOf(domain, `${LOWER}${DIGITS}.-_`)) return false;
  // The id of a workload has a path.
  if (segments.length === 0) return false;
  return segments.every((each) =>
    each !== "." && each !== ".." && isOf(each, `${LOWER}${LOWER.toUpperCase()}${DIGITS}.-_`)
  );
}

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
