import { INSPECT } from "../resource/mod.ts";

/** A place in a text. */
export interface Place {
  /** The name of the file, if it was given. */
  readonly file?: string;
  /** From 1; absent for a value that was not read from a text. */
  readonly line?: number;
  /** From 1, in UTF-16 code units, as editors count. */
  readonly column?: number;
}

/** What is wrong in a document. */
export interface DocumentProblem extends Place {
  /**
   * Where it is in the document, in the spelling of the document, as in `static_resources.clusters[3].connect_timeout`.
   * Empty for the whole document.
   */
  readonly path: string;
  /** What is expected, or what is wrong, in a sentence without a period at its end. It has no value that may be secret. */
  readonly message: string;
  /** What to do about it, such as a likely spelling. */
  readonly hint?: string;
}

/** Documents have problems: all of them are in {@link DocumentError.problems}, and one per line in the message. */
export class DocumentError extends Error {
  /** The name of the class. */
  override readonly name = "DocumentError";
  /** All problems, in the order of the text. */
  readonly problems: readonly DocumentProblem[];

  /**
   * Not for direct use: `resourcesFromJson` and `resourcesFromYaml` throw it.
   *
   * @param problems - at least one
   */
  constructor(problems: readonly DocumentProblem[]) {
    super(problems.map(problemText).join("\n"));
    this.problems = problems;
  }

  /** What `console.log` shows: the problems, without the stack of the reader. */
  [INSPECT](): string {
    return `${this.name}: ${this.message}`;
  }
}

/** A problem on one line: `clusters.yaml:12:9 clusters[3].type: Unknown value "STRICT"; did you mean "STRICT_DNS"?` */
export function problemText(problem: DocumentProblem): string {
  const { path, message, hint } = problem;
  const head = [placeText(problem), path].filter((part) => part !== "").join(" ");
  return `${head === "" ? "" : `${head}: `}${message}${hint === undefined ? "" : `; ${hint}`}`;
}

/** A place as compilers write it, `file:line:column`; empty if nothing of it is known. */
export function placeText({ file, line, column }: Place): string {
  const position = line === undefined ? [] : [line, column];
  return [...file === undefined ? [] : [file], ...position].join(":");
}
