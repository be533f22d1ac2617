import type { Engine, EngineEvent } from "../store/mod.ts";
import { RevisionConflict } from "../store/mod.ts";
import { ContractViolation } from "./contract-violation.ts";
import type { EngineUnderTest } from "./engine-under-test.ts";

/** What a test of an engine works with. */
export class EngineHarness {
  readonly engine: Engine;
  readonly timeoutMs: number;
  readonly #under: EngineUnderTest;
  readonly #watches: EngineWatch[] = [];
  readonly #others: Engine[] = [];

  constructor(under: EngineUnderTest, timeoutMs: number) {
    this.#under = under;
    this.engine = under.engine;
    this.timeoutMs = timeoutMs;
  }

  /** Another connection to the same store. */
  async connect(): Promise<Engine> {
    const engine = await this.#under.connect();
    if (engine !== this.engine) this.#others.push(engine);
    return engine;
  }

  /** Follows a prefix. */
  watch(prefix: string, { fromRevision = 0, engine = this.engine } = {}): EngineWatch {
    const watch = new EngineWatch(this.timeoutMs, (signal) => engine.watch(prefix, { fromRevision, signal }));
    this.#watches.push(watch);
    return watch;
  }

  async close(): Promise<void> {
    await Promise.all(this.#watches.map((watch) => watch.end()));
    for (const each of this.#others) await each.close();
    await this.engine.close();
    await this.#under.close?.();
  }
}

/** A watch, and what it has shown. */
export class EngineWatch {
  readonly events: EngineEvent[] = [];
  readonly #abort = new AbortController();
  readonly #timeoutMs: number;
  readonly #done: Promise<void>;
  #error: unknown = undefined;

  constructor(timeoutMs: number, open: (signal: AbortSignal) => AsyncIterable<EngineEvent>) {
    this.#timeoutMs = timeoutMs;
    this.#done = this.#collect(open(this.#abort.signal)).catch((error) => void (this.#error = error));
  }

  /** The changes in order, as `key=value`, or `key deleted`; `.` is where the watch says that it is up to date. */
  get seen(): string[] {
    return this.events.map(({ key, value }) => {
      if (key === undefined) return ".";
      return value === undefined ? `${key} deleted` : `${key}=${new TextDecoder().decode(value)}`;
    });
  }

  /** Waits until it has shown something. @throws ContractViolation after the timeout, or if the watch fails */
  async until(condition: (seen: readonly string[]) => boolean, rule: string): Promise<void> {
    await waitFor(() => {
      if (this.#error !== undefined) throw new ContractViolation(`A watch does not fail: ${String(this.#error)}`);
      return condition(this.seen);
    }, { rule: () => `${rule}; it has shown ${JSON.stringify(this.seen)}`, timeoutMs: this.#timeoutMs });
  }

  /** Waits until it is up to date. */
  upToDate(): Promise<void> {
    return this.until((seen) => seen.includes("."), "A watch says when it is up to date");
  }

  /** Ends it by its signal. @throws ContractViolation if it does not end */
  async end(): Promise<void> {
    this.#abort.abort();
    await within(this.#done, { rule: "A watch ends by its signal", timeoutMs: this.#timeoutMs });
  }

  async #collect(events: AsyncIterable<EngineEvent>): Promise<void> {
    for await (const event of events) this.events.push(event);
  }
}

/** A text as a value. */
export function bytesOf(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** The value of a key as a text. */
export async function textAt(engine: Engine, key: string): Promise<string | undefined> {
  const entry = await engine.get(key);
  return entry && new TextDecoder().decode(entry.value);
}

/** @throws ContractViolation unless a write is refused as a conflict */
export async function conflicts(write: Promise<unknown>, rule: string): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (error instanceof RevisionConflict) return;
    throw new ContractViolation(`${rule}: expected a RevisionConflict, got ${String(error)}`);
  }
  throw new ContractViolation(`${rule}: expected a RevisionConflict, and it was written`);
}

/** All keys of a prefix with their revisions, by name. */
export async function listed(engine: Engine, prefix: string): Promise<{ key: string; revision: number }[]> {
  const found = [];
  for await (const { key, revision } of engine.list(prefix)) found.push({ key, revision });
  return found.sort((a, b) => a.key < b.key ? -1 : 1);
}

async function waitFor(
  condition: () => boolean,
  { rule, timeoutMs }: { readonly rule: () => string; readonly timeoutMs: number },
): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > timeoutMs) throw new ContractViolation(`${rule()} (after ${timeoutMs} ms)`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function within(
  promise: Promise<void>,
  { rule, timeoutMs }: { readonly rule: string; readonly timeoutMs: number },
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ContractViolation(`${rule} (after ${timeoutMs} ms)`)), timeoutMs);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
