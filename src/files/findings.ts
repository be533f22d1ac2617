import type { DocumentProblem, Place } from "./problem.ts";
import type { Text } from "./text.ts";
import { Trail } from "./trail.ts";

/** What a reader of a document knows: where it is, and what it found so far. */
export class Findings {
  /** Where the reader is. */
  readonly trail: Trail = new Trail();
  readonly #text: Text | undefined;
  readonly #file: string | undefined;
  readonly #unusable = new Set<number>();
  readonly #found: { readonly at: number; readonly problem: DocumentProblem }[] = [];

  /** @param text - undefined for a value that was not read from a text */
  constructor(text: Text | undefined, file: string | undefined) {
    this.#text = text;
    this.#file = file;
  }

  /**
   * Adds a problem where the reader is.
   *
   * @param at - the offset in the text
   * @param problem - what is wrong, and a hint
   */
  add(at: number, { message, hint }: { readonly message: string; readonly hint?: string }): void {
    if (this.#found.length >= MAX_PROBLEMS || this.#unusable.has(at)) return;
    const problem = { ...this.placeOf(at), path: this.trail.toString(), message, ...hint !== undefined && { hint } };
    this.#found.push({ at, problem });
  }

  /** Adds a problem of a value that nothing else is to be said of. */
  addUnusable(at: number, problem: { readonly message: string }): void {
    this.add(at, problem);
    // Values of no text have no offsets of their own.
    if (this.#text !== undefined) this.#unusable.add(at);
  }

  /** The place of an offset in the text. */
  placeOf(at: number): Place {
    return this.#text?.placeOf(at) ?? (this.#file === undefined ? {} : { file: this.#file });
  }

  /** How many there are; a reader that found nothing new has read well. */
  get count(): number {
    return this.#found.length;
  }

  /** All of them, in the order of the text. */
  get problems(): DocumentProblem[] {
    return this.#found.toSorted((a, b) => a.at - b.at).map(({ problem }) => problem);
  }
}

/** A document of another program has as many problems as lines, and the first ones say it all. */
const MAX_PROBLEMS = 1_000;
