import process from "node:process";
import { quantile } from "./slope.ts";

/** In milliseconds: how often the event loop is looked at. */
export const LAG_INTERVAL_MS = 5;

/** The distribution of a duration, in milliseconds. */
export interface Distribution {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * How late the event loop comes to a timer, and how much CPU time it took until then. On a machine with others the
 * latter is what the server does itself: while other processes run, the former grows as well.
 */
export class Lag {
  #late: number[] = [];
  #busy: number[] = [];

  constructor() {
    let at = performance.now();
    let cpuMs = threadCpuMs();
    setInterval(() => {
      const [now, nowCpuMs] = [performance.now(), threadCpuMs()];
      this.#late.push(Math.max(0, now - at - LAG_INTERVAL_MS));
      this.#busy.push(nowCpuMs - cpuMs);
      [at, cpuMs] = [now, nowCpuMs];
    }, LAG_INTERVAL_MS);
  }

  get late(): Distribution {
    return distributionOf(this.#late);
  }

  get busy(): Distribution {
    return distributionOf(this.#busy);
  }

  reset(): void {
    this.#late = [];
    this.#busy = [];
  }
}

function distributionOf(values: readonly number[]): Distribution {
  if (values.length === 0) return { p50: 0, p99: 0, max: 0 };
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99), max: quantile(values, 1) };
}

/** CPU time of the thread of the event loop, or where that is not known, of the process. */
function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage();
  return (user + system) / 1000;
}
