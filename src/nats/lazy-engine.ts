import type { Engine } from "../store/mod.ts";

/** An engine that is opened by its first use, and again by the next one where that fails. */
export class LazyEngine implements Engine {
  readonly #open: () => Promise<Engine>;
  #opening: Promise<Engine> | undefined = undefined;
  #opened: Engine | undefined = undefined;
  #isClosed = false;

  /** Nothing is opened yet. */
  constructor(open: () => Promise<Engine>) {
    this.#open = open;
  }

  get maxValueBytes(): number {
    // What is written has been read before, so that it is open by then.
    return this.#opened?.maxValueBytes ?? LEAST_BYTES;
  }

  identity: Engine["identity"] = async () => (await this.#engine()).identity();
  get: Engine["get"] = async (key) => (await this.#engine()).get(key);

  putIf: Engine["putIf"] = async (key, value, revision) => {
    // It is the writer's again once this function has returned.
    const copy = value?.slice();
    return (await this.#engine()).putIf(key, copy, revision);
  };

  list: Engine["list"] = async function* (this: LazyEngine, prefix: string) {
    yield* (await this.#engine()).list(prefix);
  }.bind(this);

  watch: Engine["watch"] = async function* (this: LazyEngine, ...args: Parameters<Engine["watch"]>) {
    yield* (await this.#engine()).watch(...args);
  }.bind(this);

  async close(): Promise<void> {
    this.#isClosed = true;
    const engine = await this.#opening?.catch(() => undefined);
    await engine?.close();
  }

  #engine(): Promise<Engine> {
    if (this.#isClosed) return Promise.reject(new Error("The store was closed"));
    this.#opening ??= this.#open().then((engine) => this.#opened = engine).catch((error) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }
}

const LEAST_BYTES = 64 * 1024;
