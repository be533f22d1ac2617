import process from "node:process";

/**
 * Ends the process in order when it is to stop (SIGTERM, SIGINT): `stopOnSignals(() => running.drain())`. It exits with
 * status 0 once that is done, and with 1 if it fails, after the error was printed. A second signal exits at once.
 *
 * @param stop - called once
 */
export function stopOnSignals(stop: () => void | PromiseLike<void>): void {
  let isStopping = false;
  for (const [signal, number] of SIGNALS) {
    process.on(signal, () => {
      if (isStopping) process.exit(128 + number);
      isStopping = true;
      void exitAfter(stop);
    });
  }
}

const SIGNALS = [["SIGINT", 2], ["SIGTERM", 15]] as const;

async function exitAfter(stop: () => void | PromiseLike<void>): Promise<void> {
  try {
    await stop();
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
  process.exit(0);
}
