import { readFile } from "node:fs/promises";
import process from "node:process";
import {
  type DocumentContent,
  type DocumentProblem,
  type LayerFile,
  readDocument,
  type ReadOptions,
} from "../../files/mod.ts";
import { reasonOf } from "./reason.ts";
import { stampOf } from "./stamp.ts";
import { listTree, type Tree, type TreeFile } from "./tree.ts";
import { expandVariables } from "./variables.ts";

/** How files are read. */
export interface LoadOptions {
  /** The variables that `${NAME}` in strings stands for. Default: those of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Types of messages that are not of Envoy's API. Default: none. */
  readonly types?: ReadOptions["types"];
  /** The largest file, in bytes. Default: 32 MiB. */
  readonly maxFileBytes?: number;
  /** The largest number of files. Default: 10000. */
  readonly maxFiles?: number;
}

/** What the files have. */
export interface LoadedFiles {
  /** The files. */
  readonly files: readonly LayerFile[];
  /** All that is wrong in them. */
  readonly problems: readonly DocumentProblem[];
  /** What `stamp()` gives as long as the files stay as they were when they were read. */
  readonly stamp: string;
}

/** Reads files, and again only what has changed. */
export class FileLoader {
  readonly #paths: readonly string[];
  readonly #options: LoadOptions;
  /** What was read last, by path. */
  #known = new Map<string, Known>();

  constructor(paths: readonly string[], options: LoadOptions) {
    this.#paths = paths;
    this.#options = options;
  }

  /** A text that changes when any of the files does, those whose text is inserted too. */
  async stamp(): Promise<string> {
    const tree = await this.#list();
    return textOf(tree, new Map([...includedIn(this.#known).keys()].map((path) => [path, stampOf(path)])));
  }

  /** Reads what has changed. */
  async load(): Promise<LoadedFiles> {
    const tree = await this.#list();
    const known = new Map<string, Known>();
    for (const file of tree.files) known.set(file.path, await this.#read(file));
    this.#known = known;
    const files = tree.files.map(({ path, layer }) => ({ file: path, layer, content: known.get(path)!.content }));
    const problems = [...tree.problems, ...files.flatMap(({ content }) => content.problems)];
    return { files, problems, stamp: textOf(tree, includedIn(known)) };
  }

  #list(): Promise<Tree> {
    return listTree(this.#paths, { maxFiles: this.#options.maxFiles ?? 10_000, maxDepth: 16 });
  }

  async #read({ path, stamp, size }: TreeFile): Promise<Known> {
    const before = this.#known.get(path);
    if (before?.stamp === stamp && [...before.included].every(([each, at]) => stampOf(each) === at)) return before;
    const { environment = process.env, types, maxFileBytes = 32 * 1024 * 1024 } = this.#options;
    const included = new Map<string, string>();
    const onInclude = (file: string) => {
      // Before it is read, so that a change meanwhile is seen.
      if (!included.has(file)) included.set(file, stampOf(file));
    };
    const content = await contentOf(path, { size, maxFileBytes }, {
      file: path,
      ...types && { types },
      expand: (text) => expandVariables(text, { file: path, environment, onInclude }),
    });
    return { stamp, content, included };
  }
}

interface Known {
  readonly stamp: string;
  readonly content: DocumentContent;
  /** The stamps of the files whose text is inserted. */
  readonly included: ReadonlyMap<string, string>;
}

function includedIn(known: ReadonlyMap<string, Known>): Map<string, string> {
  return new Map([...known.values()].flatMap(({ included }) => [...included]));
}

function textOf({ files, problems }: Tree, included: ReadonlyMap<string, string>): string {
  return JSON.stringify([files.map(({ path, stamp }) => [path, stamp]), problems, [...included]]);
}

async function contentOf(
  path: string,
  { size, maxFileBytes }: { readonly size: number; readonly maxFileBytes: number },
  options: ReadOptions,
): Promise<DocumentContent> {
  if (size > maxFileBytes) return problem(path, `It has ${size} bytes, of at most ${maxFileBytes}`);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    return problem(path, `It cannot be read: ${reasonOf(error)}`);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return problem(path, "It is not text in UTF-8");
  }
  // A file that is written anew is empty for a moment: that must not be taken for a removal of all that it has.
  if (text.trim() === "") return problem(path, "It is empty", "delete it, or write a comment into it");
  return readDocument(text, options);
}

function problem(file: string, message: string, hint?: string): DocumentContent {
  return { resources: [], removals: [], problems: [{ file, path: "", message, ...hint !== undefined && { hint } }] };
}
