import { typeName } from "../../stream/mod.ts";
import { readableError } from "../readable-error.ts";

/** What the source of a type has thrown last. */
export interface SourceFailure {
  readonly error: NonNullable<unknown>;
  /** When, of `performance.now()`. */
  readonly at: number;
}

/** What the sources of the types of one stream have thrown last. Most never throw. */
export class SourceFailures {
  #byType: Map<string, SourceFailure> | undefined = undefined;

  note(typeUrl: string, error: unknown): void {
    (this.#byType ??= new Map()).set(typeUrl, { error: readableError(error), at: performance.now() });
  }

  get(typeUrl: string): SourceFailure | undefined {
    return this.#byType?.get(typeUrl);
  }
}

/** A text that says which source has failed, and how. */
export function sourceFailureText(typeUrl: string, error: NonNullable<unknown>): string {
  return `the source of ${typeName(typeUrl)} has thrown: ${error instanceof Error ? error.message : String(error)}`;
}
