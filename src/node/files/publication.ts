import { type ClientLayers, type PlacedProblem, problemText } from "../../files/mod.ts";

/** What came of a change of the files. */
export interface FilesPublication {
  /** Whether it was published; otherwise the former configuration stays. */
  readonly isPublished: boolean;
  /** Errors, and warnings. */
  readonly problems: readonly PlacedProblem[];
  /** The number of files. */
  readonly files: number;
  /** The number of resources of all layers. */
  readonly resources: number;
  /**
   * Set where only the clients of these layers are concerned: that of their node is wrong with that of their cluster, or
   * without one that has what it refers to. They keep what they have; a client that is new gets nothing.
   */
  readonly client?: ClientLayers;
}

/** The state of a cache of files. Its problems are those of the last change, and those of clients that are connected. */
export interface FilesStatus extends Omit<FilesPublication, "client"> {
  /** When it was published last; undefined if it never was. */
  readonly publishedAt: Date | undefined;
  /** Whether the files are as they are served: false after a change with errors. */
  readonly isCurrent: boolean;
}

/** Files contain errors. */
export class FilesError extends Error {
  /** The name of the class. */
  override readonly name = "FilesError";
  /** All problems, warnings too. */
  readonly problems: readonly PlacedProblem[];

  /**
   * Not for direct use: `filesCache` throws it.
   *
   * @param problems - at least one error
   */
  constructor(problems: readonly PlacedProblem[]) {
    super(problems.filter(isError).map(problemText).join("\n"));
    this.problems = problems;
  }
}

/** Whether a problem keeps files from being published. */
export function isError({ severity }: PlacedProblem): boolean {
  return severity === "error";
}
