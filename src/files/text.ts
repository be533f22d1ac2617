import type { Place } from "./problem.ts";

/** A text by its lines, to say where an offset is. */
export class Text {
  readonly #text: string;
  readonly #file: string | undefined;
  #starts: number[] | undefined;

  constructor(text: string, file: string | undefined) {
    this.#text = text;
    this.#file = file;
  }

  /** The line and column of an offset. */
  placeOf(offset: number): Place {
    const starts = this.#starts ??= lineStarts(this.#text);
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    const position = { line: low + 1, column: offset - starts[low]! + 1 };
    return this.#file === undefined ? position : { file: this.#file, ...position };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
  return starts;
}
