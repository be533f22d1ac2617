import { readFileSync, writeFileSync } from "node:fs";

/** Milliseconds of a tick of the processor time of a process, which Linux has fixed for its interfaces. */
const TICK_MS = 10;
const KIB = 1024;

/** The memory of a process, in bytes. */
export interface Memory {
  readonly now: number;
  /** The most since {@link resetPeak}. */
  readonly peak: number;
}

/** The processor time that a process has used, in milliseconds. 0 where the system does not say it: elsewhere than Linux. */
export function cpuMsOf(pid: number): number {
  const stat = read(pid, "stat");
  if (stat === undefined) return 0;
  // The name of the program, in parentheses, may have spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** The memory of a process. 0 where the system does not say it. */
export function memoryOf(pid: number): Memory {
  const status = read(pid, "status") ?? "";
  const value = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(status)?.[1] ?? 0) * KIB;
  return { now: value("VmRSS"), peak: value("VmHWM") };
}

/** Starts to measure the peak of the memory anew. */
export function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // The peak is then that of the whole life, which is no less.
  }
}

function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}
