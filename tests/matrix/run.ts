/** How to run tasks. */
export interface RunOptions<Task, Outcome> {
  readonly run: (task: Task) => Promise<Outcome>;
  /** How many at a time. */
  readonly jobs: number;
  /** Called with each outcome, in the order of the tasks. */
  readonly onOutcome: (outcome: Outcome) => void;
}

/** Runs all tasks, each once. */
export async function runAll<Task, Outcome>(
  tasks: readonly Task[],
  { run, jobs, onOutcome }: RunOptions<Task, Outcome>,
): Promise<Outcome[]> {
  const outcomes: (Outcome | undefined)[] = tasks.map(() => undefined);
  let next = 0;
  let reported = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < tasks.length; i = next++) {
      outcomes[i] = await run(tasks[i]!);
      for (; outcomes[reported] !== undefined; reported++) onOutcome(outcomes[reported]!);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return outcomes as Outcome[];
}

/** The result of an attempt. */
export interface Attempt {
  /** Undefined if it passed. */
  readonly failure: string | undefined;
  readonly durationMs: number;
}

/** Longer than any case waits in vain, so that exceeding it means that the case hangs. */
const MAX_MS = 180_000;

/** Runs work that returns its failure, and gives up after three minutes. */
export async function attempt(work: () => Promise<string | undefined>): Promise<Attempt> {
  const started = performance.now();
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(() => late.resolve(`It did not end within ${MAX_MS / 1000} s`), MAX_MS);
  const failure = await Promise.race([work().catch(describe), late.promise]);
  clearTimeout(timer);
  return { failure, durationMs: performance.now() - started };
}

/** An error as text. */
export function describe(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
