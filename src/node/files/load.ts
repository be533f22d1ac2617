import { readFile } from "node:fs/promises";
import process from "node:process";
import {
  type DocumentContent,
  type DocumentProblem,
  type LayerFile,
  readDocument,
  type ReadOptions,
} from "../../files/mod.ts";
import { listTree, type TreeFile } from "./tree.ts";
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
    const { files, problems } = await this.#list();
    const included = new Set([...this.#known.values()].flatMap((each) => [...each.included]));
    const stamps = await stampsOf([...included]);
    return JSON.stringify([files.map(({ path, stamp }) => [path, stamp]), problems, stamps]);
  }

  /** Reads what has changed. */
  async load(): Promise<LoadedFiles> {
    const { files, problems } = await this.#list();
    const known = new Map<string, Known>();
    for (const file of files) known.set(file.path, await this.#read(file));
    this.#known = known;
    const loaded = files.map(({ path, layer }) => ({ file: path, layer, content: known.get(path)!.content }));
    return { files: loaded, problems: [...problems, ...loaded.flatMap(({ content }) => content.problems)] };
  }

  #list() {
    return listTree(this.#paths, { maxFiles: this.#options.maxFiles ?? 10_000, maxDepth: 16 });
  }

  async #read({ path, stamp, size }: TreeFile): Promise<Known> {
    const before = this.#known.get(path);
    if (before?.stamp === stamp && await stampsOf(before.included) === before.includedStamp) return before;
    const { environment = process.env, types, maxFileBytes = 32 * 1024 * 1024 } = this.#options;
    const included = new Set<string>();
    const onInclude = (file: string) => void included.add(file);
    const content = await contentOf(path, { size, maxFileBytes }, {
      file: path,
      ...types && { types },
      expand: (text) => expandVariables(text, { file: path, environment, onInclude }),
    });
    return { stamp, content, included: [...included], includedStamp: await stampsOf([...included]) };
  }
}

interface Known {
  readonly stamp: string;
  readonly content: DocumentContent;
  readonly included: readonly string[];
  readonly includedStamp: string;
}

async function contentOf(
  path: string,
  { size, maxFileBytes }: { readonly size: number; readonly maxFileBytes: number },
  options: ReadOptions,
): Promise<DocumentContent> {
  const problem = (message: string): DocumentContent => {
    return { resources: [], removals: [], problems: [{ file: path, path: "", message }] };
  };
  if (size > maxFileBytes) return problem(`It has ${size} bytes, of at most ${maxFileBytes}`);
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(await readFile(path));
    return readDocument(text, options);
  } catch (error) {
    if (error instanceof TypeError) return problem("It is no text in UTF-8");
    return problem(`It cannot be read: ${(error as Error).message.replace(/, \w+ '.*'$/, "")}`);
  }
}

async function stampsOf(paths: readonly string[]): Promise<string> {
  const tree = await listTree(paths, { maxFiles: paths.length, maxDepth: 0 });
  return JSON.stringify([tree.files.map(({ path, stamp }) => [path, stamp]), tree.problems]);
}
