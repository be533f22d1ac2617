/** Whether the configuration is loaded, so that clients may be served. */
export class Readiness {
  #isReady: boolean;

  /**
   * @param ready - resolves when the configuration is loaded; undefined: it is
   * @param options.onReady - called then
   * @param options.onFault - called with its rejection: the configuration is never loaded
   */
  constructor(
    ready: PromiseLike<unknown> | undefined,
    { onReady, onFault }: { readonly onReady: () => void; readonly onFault: (reason: unknown) => void },
  ) {
    this.#isReady = ready === undefined;
    if (ready === undefined) return;
    void Promise.resolve(ready).then(() => {
      this.#isReady = true;
      onReady();
    }, onFault);
  }

  get isReady(): boolean {
    return this.#isReady;
  }
}
