import { inspect } from "node:util";
import type { DiscoveryCallbacks, Logger } from "../../mod.ts";
import { CALLBACK_NAMES } from "../../src/server/combine-callbacks.ts";

/** A text that is part of each key, in any form in which a text is shown. */
export const MARK = "CANARY";

/** All that comes out of a server and its process, in each way in which it may be written. */
export class Outputs implements Logger {
  readonly #texts: (readonly [from: string, text: string])[] = [];
  debug = (...args: unknown[]): void => this.add("log.debug", args);
  info = (...args: unknown[]): void => this.add("log.info", args);
  warn = (...args: unknown[]): void => this.add("log.warn", args);
  error = (...args: unknown[]): void => this.add("log.error", args);

  /** Callbacks of a server, which write each of their arguments. */
  readonly callbacks: DiscoveryCallbacks = Object.fromEntries(
    CALLBACK_NAMES.map((name) => [name, (...args: unknown[]) => this.add(name, args)]),
  );

  /** Adds what is written of a value. */
  add(from: string, value: unknown): void {
    const text = inspect(value, { depth: Infinity, showHidden: true, maxArrayLength: null, maxStringLength: null });
    this.#texts.push([from, text], [from, inspect(value)], [from, JSON.stringify(value, bigintAsText) ?? ""]);
    for (const each of Array.isArray(value) ? value : [value]) this.#addError(from, each);
  }

  /** The outputs that were written so far, by where they came from. */
  get sources(): ReadonlySet<string> {
    return new Set(this.#texts.map(([from]) => from));
  }

  /** The outputs that show a key. */
  get leaks(): readonly string[] {
    const all = this.#texts.filter(([, text]) => {
      // Bytes are numbers with line breaks between them, or with their positions.
      const plain = text.replaceAll(/\s+|"\d+":/g, "");
      return FORMS.some((form) => text.includes(form) || plain.includes(form));
    });
    return all.map(([from, text]) => `${from}: ${text.slice(0, 300)}`);
  }

  #addError(from: string, value: unknown): void {
    for (let error = value, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth++) {
      this.#texts.push([from, `${error.name} ${error.message} ${error.stack}`]);
    }
  }
}

/** As it is, in base64 wherever it begins, in hexadecimal digits, and as numbers. */
const FORMS: readonly string[] = [
  MARK,
  ...["", "x", "xx"].map((before) => Buffer.from(`${before}${MARK}xx`).toString("base64").slice(4, 8)),
  Buffer.from(MARK).toString("hex"),
  [...Buffer.from(MARK)].join(","),
];

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
