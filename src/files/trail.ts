/** Where a reader is in a document, as in `static_resources.clusters[3].metadata["a.b"]`. Written only for a problem. */
export class Trail {
  readonly #steps: (string | number)[] = [];

  /** Enters the value of a key, or an item of a list. */
  enter(step: string | number): void {
    this.#steps.push(step);
  }

  /** Leaves what was entered last. */
  leave(): void {
    this.#steps.pop();
  }

  /** How deep it is. */
  get depth(): number {
    return this.#steps.length;
  }

  /** The path. */
  toString(): string {
    const path = this.#steps.slice(0, MAX_STEPS).map((step) => {
      if (typeof step === "number") return `[${step}]`;
      if (PLAIN.test(step)) return `.${step}`;
      return `[${JSON.stringify(step.length > MAX_KEY ? HIDDEN : step)}]`;
    }).join("");
    return path.startsWith(".") ? path.slice(1) : path;
  }
}

/** Stands for a key that is not shown, since it may be a value that slipped there. */
export const HIDDEN = "…";

const PLAIN = /^[A-Za-z_]\w{0,59}$/;
/** Of a key that is shown, in characters: the longest names of filters are shorter. */
const MAX_KEY = 80;
/** Of a path that is shown; a document that is deeper is one for the limit of depth. */
const MAX_STEPS = 60;
