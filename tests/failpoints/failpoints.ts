/** The steps of a stream that can fail, each before or after it. All are at seams that exist: nothing in `src` knows of them. */
export const STEPS = [
  "write",
  "end",
  "open watch",
  "change subscription",
  "close watch",
  "read view",
  "encode",
  "callback",
] as const;

export type Step = typeof STEPS[number];

/** Where something fails. */
export type Point = `${"before" | "after"} ${Step}`;

export const POINTS: readonly Point[] = STEPS.flatMap((step) => [`before ${step}`, `after ${step}`] as const);

/** What happens there: an error, a step that takes longer than all limits, or the loss of the connection. */
export const ACTIONS = ["throw", "delay", "drop"] as const;

export type Action = typeof ACTIONS[number];

/** Something that fails once. */
export interface Failure {
  readonly point: Point;
  readonly action: Action;
}

/** All of them. */
export const FAILURES: readonly Failure[] = POINTS.flatMap((point) => ACTIONS.map((action) => ({ point, action })));

/** Longer than any time that a stream is given by default. */
const DELAY_MS = 120_000;

/** Named points at which steps fail, each once, in the manner of gofail. */
export class Failpoints {
  /** By how much the clock is ahead, in milliseconds. */
  aheadMs = 0;
  /** Those that have happened. */
  readonly happened: Failure[] = [];
  #armed: Failure[] = [];

  arm(...failures: readonly Failure[]): void {
    this.#armed = [...failures];
  }

  /** Does a step. @param drop - loses the connection of its stream */
  around<T>(step: Step, drop: () => void, work: () => T): T {
    this.#reach(`before ${step}`, drop);
    const result = work();
    this.#reach(`after ${step}`, drop);
    return result;
  }

  #reach(point: Point, drop: () => void): void {
    const failure = this.#armed.find((each) => each.point === point);
    if (failure === undefined) return;
    this.#armed.splice(this.#armed.indexOf(failure), 1);
    this.happened.push(failure);
    if (failure.action === "throw") throw new Error(`It failed ${point}`);
    if (failure.action === "delay") this.aheadMs += DELAY_MS;
    else drop();
  }
}
