import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { reasonOf } from "./reason.ts";

/** What the strings of a file are expanded by. */
export interface Expansion {
  /** The file that has the string. */
  readonly file: string;
  /** The variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Called with each file whose text is inserted. */
  readonly onInclude: (path: string) => void;
}

/**
 * Expands `${NAME}`, `${NAME:-default}` (for a variable that is missing or empty) and `${file:path}`, the text of a file
 * beside this one. `$${` stands for `${`.
 *
 * @throws for a variable that is missing, a file that cannot be read, and anything else within `${…}`
 */
export function expandVariables(text: string, { file, environment, onInclude }: Expansion): string {
  return text.replaceAll(/\$\$\{|\$\{([^}]*)(\}?)/g, (_, inner: string | undefined, end: string) => {
    if (inner === undefined) return "${";
    if (end === "") throw new Error('Expected "}" after "${"; write "$${" for the characters themselves');
    if (inner.startsWith("file:")) return include(resolve(dirname(file), inner.slice("file:".length)), onInclude);
    const parts = /^([A-Za-z_]\w*)(?::-([^]*))?$/.exec(inner);
    if (parts === null) throw new Error(UNKNOWN);
    const [, name, otherwise] = parts;
    const value = environment[name!];
    if (otherwise !== undefined) return value === undefined || value === "" ? otherwise : value;
    if (value === undefined) throw new Error(`The variable ${name} is not set; \${${name}:-default} has a default`);
    return value;
  });
}

function include(path: string, onInclude: (path: string) => void): string {
  onInclude(path);
  let reason: string | undefined;
  try {
    const found = statSync(path);
    // To read a pipe would wait for a writer.
    if (!found.isFile()) reason = "it is not a regular file";
    else if (found.size > MAX_INCLUDE) reason = `it has more than ${MAX_INCLUDE} bytes`;
    else return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    reason = reasonOf(error);
  }
  throw new Error(`Cannot insert the file ${path}: ${reason}`);
}

// What is within the braces is not quoted: a default may be secret.
const UNKNOWN = 'Expected ${NAME}, ${NAME:-default} or ${file:path}; "$${" stands for "${"';

/** In bytes: certificates and small texts are inserted, no archives. */
const MAX_INCLUDE = 4 * 1024 * 1024;
