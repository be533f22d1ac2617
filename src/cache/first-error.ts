/** Holds an error of code of the user until everything else is done that does not depend on it. */
export class FirstError {
  #error: { readonly thrown: unknown } | undefined = undefined;

  /** Later errors are dropped: one is enough for the caller to know. */
  add(thrown: unknown): void {
    this.#error ??= { thrown };
  }

  /** @throws the first error, if there was one */
  end(): void {
    if (this.#error !== undefined) throw this.#error.thrown;
  }
}
