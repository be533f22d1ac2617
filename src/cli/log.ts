import type { Logger } from "../server/mod.ts";
import { oneLine } from "../resource/one-line.ts";
import type { Io } from "./command.ts";

/** The levels of the log, from the most to the least. */
export const LEVELS = ["debug", "info", "warn", "error"] as const;

/** One of the levels. */
export type LogLevel = typeof LEVELS[number];

/** A log of lines for people, or of JSON for machines. */
export function makeLog({ err }: Pick<Io, "err">, { level, format }: {
  readonly level: LogLevel;
  readonly format: "text" | "json";
}): Required<Logger> {
  const isLevelEnabled = (each: string) => LEVELS.indexOf(each as LogLevel) >= LEVELS.indexOf(level);
  const write = (each: LogLevel) => (fields: object, message: string) => {
    if (!isLevelEnabled(each)) return;
    const time = new Date().toISOString();
    // The fields come first, so that none of them takes the place of these three.
    if (format === "json") err(JSON.stringify({ ...fields, time, level: each, message }, plain));
    else err(`${time} ${each} ${oneLine(message)}`);
  };
  return { isLevelEnabled, debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

/** What JSON would not write, or not at all. */
function plain(_: string, value: unknown): unknown {
  if (value instanceof Error) return value.message;
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  return typeof value === "bigint" ? String(value) : value;
}
