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
  let told = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < tasks.length; i = next++) {
      outcomes[i] = await run(tasks[i]!);
      for (; outcomes[told] !== undefined; told++) onOutcome(outcomes[told]!);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return outcomes as Outcome[];
}

/** How something went. */
export interface Attempt {
  /** Undefined if it passed. */
  readonly failure: string | undefined;
  readonly durationMs: number;
}

/** Longer than any case takes that waits for something in vain, so that this says that it hangs. */
const MAX_MS = 180_000;

/** Does something that gives what went wrong, and gives up on it after three minutes. */
export async function attempt(work: () => Promise<string | undefined>): Promise<Attempt> {
  const started = performance.now();
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(() => late.resolve(`It did not end within ${MAX_MS / 1000} s`), MAX_MS);
  const failure = await Promise.race([work().catch(describe), late.promise]);
  clearTimeout(timer);
  return { failure, durationMs: performance.now() - started };
}

/** What was thrown, for people to read. */
export function describe(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
