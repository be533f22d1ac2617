import type { Coverage } from "./coverage.ts";
import { Executor, Finding } from "./execute.ts";
import { mutate } from "./mutate.ts";
import { mutateMessages } from "./mutate-messages.ts";
import { Random } from "./random.ts";
import type { Target } from "./target.ts";
import { Watchdog } from "./watchdog.ts";

/** How to search. */
export interface SearchOptions {
  /** Inputs to begin with. */
  readonly corpus: readonly Uint8Array[];
  readonly seed: number;
  /** Stops after this time, in milliseconds. */
  readonly forMs: number;
  /** Stops after so many inputs. Default: no limit. */
  readonly maxInputs?: number;
  /** Guides the search, where it is given: inputs are kept that run what did not run before. */
  readonly coverage?: Coverage;
  /** Called now and then. */
  readonly onProgress?: (found: Searched) => void;
}

/** What a search has come to. */
export interface Searched {
  readonly inputs: number;
  readonly tookMs: number;
  /** The inputs that ran what did not run before. */
  readonly kept: readonly Uint8Array[];
  readonly finding: Finding | undefined;
}

/** Tries the corpus and then mutations of it, until the time is over or something is found. */
export async function search(target: Target, options: SearchOptions): Promise<Searched> {
  const { corpus, seed, forMs, maxInputs = Infinity, coverage, onProgress } = options;
  const maxBytes = target.maxBytes ?? 4_096;
  const pool = [...target.seeds, ...corpus];
  const kept: Uint8Array[] = [];
  const mutation = {
    random: new Random(seed),
    others: pool,
    words: (target.words ?? []).map((word) => Uint8Array.from(word, (char) => char.charCodeAt(0))),
    maxBytes,
  };
  const started = performance.now();
  let inputs = 0;
  let reportAt = started + REPORT_MS;

  await using subject = await target.open();
  using executor = new Executor(subject);
  await using watchdog = new Watchdog(maxBytes + LARGEST_KEPT, HANG_MS);

  function mutated(input: Uint8Array): Uint8Array {
    const { messagesAt } = target;
    if (messagesAt === undefined || mutation.random.below(4) === 0) return mutate(input, mutation);
    return mutateMessages(input, messagesAt, mutation);
  }

  async function run(input: Uint8Array): Promise<void> {
    watchdog.begin(input);
    inputs++;
    await executor.run(input);
  }

  /** Adds those of a batch that run what did not run before. */
  async function keep(batch: readonly Uint8Array[]): Promise<void> {
    if (coverage === undefined) return;
    const delta = coverage.peek();
    if (!delta.isNew) return;
    for (const input of batch) {
      await run(input);
      if (coverage.take() === 0) continue;
      kept.push(input);
      pool.push(input);
    }
    delta.add(); // what came by chance, such as that of a timer
  }

  const result = (finding?: Finding): Searched => ({
    inputs,
    tookMs: performance.now() - started,
    kept,
    finding,
  });

  try {
    for (const input of [...pool]) await run(input);
    coverage?.take();
    await executor.check();
    while (performance.now() - started < forMs && inputs < maxInputs) {
      const batch: Uint8Array[] = [];
      for (let i = 0; i < BATCH; i++) {
        const input = mutated(chosen(pool, mutation.random));
        batch.push(input);
        await run(input);
      }
      await keep(batch);
      try {
        await executor.check();
      } catch (error) {
        throw await blamed(target, batch) ?? error;
      }
      if (performance.now() < reportAt) continue;
      reportAt = performance.now() + REPORT_MS;
      onProgress?.(result());
    }
    return result();
  } catch (error) {
    if (error instanceof Finding) return result(error);
    throw error;
  }
}

/** Which input of a batch leaves something behind that must not be there, on its own. */
async function blamed(target: Target, batch: readonly Uint8Array[]): Promise<Finding | undefined> {
  for (const input of batch) {
    await using subject = await target.open();
    using executor = new Executor(subject);
    try {
      await executor.run(input);
      await executor.check();
    } catch (error) {
      if (error instanceof Finding) return error;
      throw error;
    }
  }
  return undefined;
}

/** Small, so that few inputs are run again; large, so that coverage is read seldom, which takes a millisecond or two. */
const BATCH = 64;
const REPORT_MS = 30_000;
const HANG_MS = 20_000;
/** Inputs of the corpus may be larger than those that are made. */
const LARGEST_KEPT = 1 << 20;

/** Half of the time one of the latest, which lead to what is new. */
function chosen(pool: readonly Uint8Array[], random: Random): Uint8Array {
  if (random.below(2) === 0) return random.pick(pool);
  return pool[pool.length - 1 - random.below(Math.min(pool.length, 20))]!;
}
