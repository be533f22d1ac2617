import type { Logger } from "../server/mod.ts";
import type { Io } from "./command.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const;

/** The levels of the log, from the most to the least. */
export type LogLevel = typeof LEVELS[number];

/** A log of lines for people, or of JSON for machines. */
export function makeLog({ err }: Pick<Io, "err">, { level, format }: {
  readonly level: LogLevel;
  readonly format: "text" | "json";
}): Required<Logger> {
  const write = (each: LogLevel) => (fields: object, message: string) => {
    if (LEVELS.indexOf(each) < LEVELS.indexOf(level)) return;
    const time = new Date().toISOString();
    err(
      format === "json"
        ? JSON.stringify({ time, level: each, message, ...plain(fields) })
        : `${time} ${each} ${message}`,
    );
  };
  const isLevelEnabled = (each: string) => LEVELS.indexOf(each as LogLevel) >= LEVELS.indexOf(level);
  return { isLevelEnabled, debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

/** Errors have no fields that JSON would write. */
function plain(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? value.message : value]),
  );
}
