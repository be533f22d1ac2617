import process from "node:process";

/** Signals that ask the process to end, one after another; none is missed between two calls of `next`. */
export class Signals implements Disposable {
  static readonly #NAMES = ["SIGTERM", "SIGINT"] as const;
  readonly #came: string[] = [];
  #wake: ((signal: string) => void) | undefined;
  readonly #handler = (signal: string): void => {
    if (this.#wake === undefined) this.#came.push(signal);
    else this.#wake(signal);
    this.#wake = undefined;
  };

  constructor() {
    for (const name of Signals.#NAMES) process.on(name, this.#handler);
  }

  next(): Promise<string> {
    const signal = this.#came.shift();
    if (signal !== undefined) return Promise.resolve(signal);
    return new Promise((resolve) => this.#wake = resolve);
  }

  [Symbol.dispose](): void {
    for (const name of Signals.#NAMES) process.off(name, this.#handler);
  }
}
