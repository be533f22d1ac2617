import { onTestFinished, vi } from "vitest";
import type { Outputs } from "./outputs.ts";

/** Takes what the process writes to its console, until the test has ended. */
export function captureConsole(outputs: Outputs): void {
  for (const name of ["debug", "info", "log", "warn", "error"] as const) {
    const spy = vi.spyOn(console, name).mockImplementation((...args) => outputs.add(`console.${name}`, args));
    onTestFinished(() => spy.mockRestore());
  }
}
