import type { Findings } from "./findings.ts";
import type { Entry, Node } from "./node.ts";
import { MAX_DEPTH } from "./read-limits.ts";

/**
 * Reads a text of JSON. Unlike `JSON.parse` it says where each value is, finds keys that are there twice, and keeps
 * integers of 64 bits exactly.
 *
 * @returns undefined if the text is not JSON; the findings say why
 */
export function parseJson(text: string, findings: Findings): Node | undefined {
  try {
    return new JsonReader(text, findings).document();
  } catch (error) {
    if (!(error instanceof JsonSyntax)) throw error;
    findings.add(error.at, { message: error.message });
    return undefined;
  }
}

class JsonSyntax extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

class JsonReader {
  readonly #text: string;
  readonly #findings: Findings;
  #at = 0;

  constructor(text: string, findings: Findings) {
    this.#text = text;
    this.#findings = findings;
  }

  document(): Node {
    if (this.#text.startsWith("\uFEFF")) this.#at = 1;
    const node = this.#value();
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#fail("Expected the end of the document: it has one value of JSON");
    return node;
  }

  #value(): Node {
    this.#skipSpace();
    const at = this.#at;
    const next = this.#text[at];
    if (next === "{") return this.#map(at);
    if (next === "[") return this.#list(at);
    if (next === '"') return { kind: "scalar", at, value: this.#string() };
    const literal = this.#match(LITERAL);
    if (literal !== undefined) return { kind: "scalar", at, value: LITERALS[literal]! };
    const number = this.#match(NUMBER);
    if (number === undefined) {
      this.#fail(next === undefined ? "The document ends too early" : "Expected a value of JSON");
    }
    return { kind: "scalar", at, value: numberOf(number) };
  }

  #map(at: number): Node {
    const entries: Entry[] = [];
    const keys = new Set<string>();
    this.#deeper();
    this.#items("}", () => {
      this.#skipSpace();
      const keyAt = this.#at;
      if (this.#text[keyAt] !== '"') this.#fail('Expected a key in double quotes, or "}"');
      const key = this.#string();
      this.#skipSpace();
      if (this.#text[this.#at] !== ":") this.#fail('Expected ":" after the key');
      this.#at++;
      this.#findings.trail.enter(key);
      if (keys.has(key)) this.#findings.add(keyAt, { message: "The key is there twice" });
      const value = this.#value();
      this.#findings.trail.leave();
      if (!keys.has(key)) entries.push({ key, at: keyAt, value });
      keys.add(key);
    });
    return { kind: "map", at, entries };
  }

  #list(at: number): Node {
    const items: Node[] = [];
    this.#deeper();
    this.#items("]", () => {
      this.#findings.trail.enter(items.length);
      items.push(this.#value());
      this.#findings.trail.leave();
    });
    return { kind: "list", at, items };
  }

  #items(end: string, item: () => void): void {
    this.#at++;
    this.#skipSpace();
    if (this.#text[this.#at] === end) return void this.#at++;
    while (true) {
      item();
      this.#skipSpace();
      const next = this.#text[this.#at];
      if (next !== "," && next !== end) this.#fail(`Expected "," or "${end}"`);
      this.#at++;
      if (next === end) return;
    }
  }

  #string(): string {
    const at = this.#at;
    const raw = this.#match(STRING);
    if (raw === undefined) this.#fail("The string does not end, or has a character that must be escaped");
    try {
      return raw.includes("\\") ? JSON.parse(raw) : raw.slice(1, -1);
    } catch {
      throw new JsonSyntax(at, "The string has an escape that JSON does not have");
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #skipSpace(): void {
    this.#match(SPACE);
  }

  #deeper(): void {
    if (this.#findings.trail.depth >= MAX_DEPTH) this.#fail(`It is nested more than ${MAX_DEPTH} levels deep`);
  }

  #fail(message: string): never {
    throw new JsonSyntax(this.#at, message);
  }
}

function numberOf(text: string): number | bigint {
  const value = Number(text);
  return INTEGER.test(text) && !Number.isSafeInteger(value) ? BigInt(text) : value;
}

const SPACE = /[ \t\r\n]*/y;
// deno-lint-ignore no-control-regex -- JSON forbids them in strings
const STRING = /"(?:[^"\\\x00-\x1f]+|\\.)*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y;
const INTEGER = /^-?\d{1,40}$/;
const LITERAL = /(?:true|false|null)\b/y;
const LITERALS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
