import process from "node:process";
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { likelyName } from "../resource/likely-name.ts";

/** How a command ended, for the shell. */
export const EXIT = {
  /** All is well. */
  fine: 0,
  /** There are findings, or something has failed. */
  findings: 1,
  /** The command line cannot be understood. */
  usage: 2,
} as const;

/** One of the commands. */
export interface Command {
  /** What `--help` prints. */
  readonly help: string;
  /** @returns the exit code; it may never return */
  run(args: readonly string[], io: Io): Promise<number>;
}

/** Where a command reads from and prints to. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The command line is wrong. */
export class UsageError extends Error {}

/** The options of a command, by name. */
export type Options = ParseArgsOptionsConfig;

/** What was given for them. */
export type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** Reads the options of a command; what is not given is read from `XDS_<NAME>` of the environment. @throws UsageError */
export function parse(
  args: readonly string[],
  options: Options,
  { environment }: Pick<Io, "environment">,
): { readonly values: Values; readonly positionals: readonly string[] } {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(usageText(error as Error, Object.keys(options)));
  }
  const values: Record<string, Values[string]> = { ...parsed.values };
  for (const [name, { type, multiple }] of Object.entries(options)) {
    if (values[name] !== undefined) continue;
    const variable = `XDS_${name.toUpperCase().replaceAll("-", "_")}`;
    const text = variableOf(environment, variable);
    if (text === undefined || text === "") continue;
    if (type === "boolean") values[name] = booleanOf(variable, text);
    else values[name] = multiple ? text.split(",") : text;
  }
  return { values, positionals: parsed.positionals };
}

/** What is wrong in a command line, without the advice of `parseArgs` on how to pass what begins with a dash. */
function usageText({ message }: Error, names: readonly string[]): string {
  const option = /^Unknown option '(-+)([^']*)'/.exec(message);
  if (option === null) return message;
  return `Unknown option ${option[1]}${option[2]}${orRather(likelyName(option[2]!, names), "--")}`;
}

/** `; did you mean --port?`; empty for none. */
export function orRather(name: string | undefined, prefix = ""): string {
  return name === undefined ? "" : `; did you mean ${prefix}${name}?`;
}

/** Deno throws where it was not permitted to read a variable: then it is not given. */
function variableOf(environment: Io["environment"], variable: string): string | undefined {
  try {
    return environment[variable];
  } catch {
    return undefined;
  }
}

function booleanOf(variable: string, text: string): boolean {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw new UsageError(`${variable} must be true or false, not "${text}"`);
}

/** A text option that may be given several times. */
export function textsOf(values: Values, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** A text option. */
export function textOf(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

/** A number of an option. @throws UsageError */
export function numberOf(values: Values, name: string, { min = 0, max = Infinity } = {}): number | undefined {
  const text = textOf(values, name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() === "" || !Number.isInteger(number) || number < min || number > max) {
    const range = max === Infinity ? `from ${min}` : `from ${min} to ${max}`;
    throw new UsageError(`The option --${name} must be a whole number ${range}, not "${text}"`);
  }
  return number;
}

/** One of some words. @throws UsageError */
export function wordOf<T extends string>(values: Values, name: string, words: readonly T[]): T | undefined {
  const text = textOf(values, name);
  if (text === undefined || (words as readonly string[]).includes(text)) return text as T | undefined;
  throw new UsageError(`The option --${name} must be ${words.join(", ")}, not "${text}"`);
}

/** The usual input and output. A reader that has had enough, such as `head`, ends the process in silence. */
export function usualIo(): Io {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(process.exitCode);
      throw error;
    });
  }
  return {
    out: (text) => void process.stdout.write(text + "\n"),
    err: (text) => void process.stderr.write(text + "\n"),
    environment: process.env,
  };
}
