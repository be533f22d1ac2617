import { type FSWatcher, watch } from "node:fs";

/** Says when to look at a folder again: when the system reports a change of it, and now and then in any case. */
export class FolderChanges {
  readonly #pollMs: number;
  readonly #signal: AbortSignal;
  readonly #wake = () => this.#change();
  #folder: string | undefined = undefined;
  #watcher: FSWatcher | undefined = undefined;
  #hasChanged = false;
  #resolve: (() => void) | undefined = undefined;

  constructor(pollMs: number, signal: AbortSignal) {
    this.#pollMs = pollMs;
    this.#signal = signal;
    signal.addEventListener("abort", this.#wake);
  }

  /** The folder may be another one than before. */
  look(folder: string): void {
    if (folder === this.#folder) return;
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#folder = folder;
    // What has changed before it was watched.
    this.#hasChanged = true;
    try {
      this.#watcher = watch(folder, this.#wake);
      this.#watcher.on("error", () => this.#watcher?.close());
    } catch {
      // It is polled.
    }
  }

  /** Waits for a change since the last call, or for the time of a poll. */
  async next(): Promise<void> {
    if (!this.#hasChanged && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.#pollMs);
        this.#resolve = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#hasChanged = false;
  }

  close(): void {
    this.#watcher?.close();
    this.#signal.removeEventListener("abort", this.#wake);
  }

  #change(): void {
    this.#hasChanged = true;
    this.#resolve?.();
  }
}
