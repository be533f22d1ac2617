import process from "node:process";
import type { Subject } from "./target.ts";

/** An input that broke an invariant. */
export class Finding extends Error {
  override readonly name = "Finding";
  readonly input: Uint8Array;

  constructor(input: Uint8Array, cause: unknown) {
    super(cause instanceof Error ? cause.stack ?? cause.message : String(cause), { cause });
    this.input = input;
  }
}

/** Takes inputs, and sees what they break: what is thrown, in whatever turn, and how much CPU time each takes. */
export class Executor implements Disposable {
  readonly #subject: Subject;
  #current: Uint8Array = new Uint8Array();
  #stray: Finding | undefined = undefined;
  readonly #onStray = (reason: unknown): void => {
    this.#stray ??= new Finding(this.#current, reason);
  };

  constructor(subject: Subject) {
    this.#subject = subject;
    process.on("uncaughtException", this.#onStray);
    process.on("unhandledRejection", this.#onStray);
  }

  /** @throws Finding */
  async run(input: Uint8Array): Promise<void> {
    this.#current = input;
    if (await this.#cpuMs(input) > limitMs(input)) {
      // Compilation and collections of garbage are not the input's.
      const again = [await this.#cpuMs(input), await this.#cpuMs(input), await this.#cpuMs(input)];
      const least = Math.min(...again);
      if (least > limitMs(input)) throw new Finding(input, `It took ${least.toFixed(1)} ms of CPU time`);
    }
    if (this.#stray !== undefined) throw this.#stray;
  }

  /** After some inputs: what they have left behind is seen. @throws Finding - with the last of them */
  async check(): Promise<void> {
    // Rejections are reported between two turns of the event loop, and timers and immediates throw in later ones.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (this.#stray !== undefined) throw this.#stray;
    try {
      await this.#subject.check();
    } catch (error) {
      throw new Finding(this.#current, error);
    }
    if (this.#stray !== undefined) throw this.#stray;
  }

  [Symbol.dispose](): void {
    process.off("uncaughtException", this.#onStray);
    process.off("unhandledRejection", this.#onStray);
  }

  async #cpuMs(input: Uint8Array): Promise<number> {
    const before = process.threadCpuUsage();
    try {
      // A copy, since a subject may keep or change it. Awaited only where it has to be: most are synchronous.
      const result = this.#subject.run(input.slice());
      if (result !== undefined) await result;
    } catch (error) {
      throw new Finding(input, error);
    }
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  }
}

/** Generous, since what is looked for is work that is not linear: 4 kB may take 90 ms, and 64 kB a second. */
function limitMs({ length }: Uint8Array): number {
  return 30 + length / 64;
}
