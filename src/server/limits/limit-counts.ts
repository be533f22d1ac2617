import { ProtocolError } from "../../stream/mod.ts";
import { readableError } from "../readable-error.ts";
import { LIMIT_NAMES, type LimitName } from "./limit-names.ts";

/**
 * How often each limit was exceeded since the server was created, by the name of its option. Of `newStreamsPerSecond`, how
 * many streams had to wait.
 */
export type LimitCounts = Readonly<Record<LimitName, number>>;

/** Counts how often limits are exceeded. */
export class LimitCounter {
  readonly #counts = Object.fromEntries(LIMIT_NAMES.map((name) => [name, 0])) as Record<LimitName, number>;

  /** The counts as they are now. */
  get counts(): LimitCounts {
    return { ...this.#counts };
  }

  /** Counts a limit that was exceeded. */
  count(limit: LimitName): void {
    this.#counts[limit]++;
  }

  /** Counts the limit that an error is the sign of, if there is one. */
  note(reason: unknown): void {
    const limit = limitOf(reason);
    if (limit !== undefined) this.count(limit);
  }
}

/** Marks an error as the sign that a limit was exceeded. @returns the error */
export function exceeding<T extends Error>(limit: LimitName | undefined, error: T): T {
  if (limit !== undefined) marks.set(error, limit);
  return error;
}

/** The limit that an error is the sign of. */
export function limitOf(reason: unknown): LimitName | undefined {
  if (typeof reason !== "object" || reason === null) return undefined;
  const error = readableError(reason);
  return error instanceof ProtocolError ? error.limit : marks.get(error);
}

/** Beside the errors, since those of a user's code may have any properties. */
const marks = new WeakMap<object, LimitName>();
