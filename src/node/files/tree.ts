import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import type { DocumentProblem, Layer } from "../../files/mod.ts";
import { reasonOf } from "./reason.ts";
import { stampOfStats } from "./stamp.ts";

/** A file that is to be read. */
export interface TreeFile {
  /** The path to read it by. */
  readonly path: string;
  readonly layer: Layer;
  /** Changes when the file does. */
  readonly stamp: string;
  /** In bytes. */
  readonly size: number;
}

/** The files of some directories. */
export interface Tree {
  readonly files: readonly TreeFile[];
  /** What cannot be listed. */
  readonly problems: readonly DocumentProblem[];
}

/** How much is read at most. */
export interface TreeLimits {
  readonly maxFiles: number;
  readonly maxDepth: number;
}

/**
 * Lists the `.yaml`, `.yml` and `.json` files of directories, and files that are named themselves, in the order of their
 * names. What is below `nodes/<id>` or `clusters/<cluster>` of a directory belongs to these clients, as do files
 * `nodes/<id>.yaml`; the names are those that `encodeURIComponent` makes. Names that begin with a dot are left out:
 * editors and Kubernetes have such. A directory without a file is a problem, since one that is not mounted is empty.
 */
export async function listTree(paths: readonly string[], limits: TreeLimits): Promise<Tree> {
  const walk = new Walk(limits);
  for (const path of paths) await walk.add(path);
  return walk;
}

class Walk implements Tree {
  readonly files: TreeFile[] = [];
  readonly problems: DocumentProblem[] = [];
  readonly #limits: TreeLimits;
  #isFull = false;

  constructor(limits: TreeLimits) {
    this.#limits = limits;
  }

  async add(path: string): Promise<void> {
    try {
      if (!(await stat(path)).isDirectory()) return await this.#file(path, { of: "all" });
      const before = this.files.length + this.problems.length;
      await this.#directory(path, { root: path, above: [] });
      if (this.files.length + this.problems.length === before) this.#add(path, EMPTY);
    } catch (error) {
      this.#add(path, await isMissing(path) ? "It does not exist" : `It cannot be read: ${reasonOf(error)}`);
    }
  }

  async #directory(
    path: string,
    { root, above }: { readonly root: string; readonly above: readonly string[] },
  ): Promise<void> {
    const real = await realpath(path);
    // A link to a directory above leads around in a circle.
    if (above.includes(real)) return this.#add(path, "It is a link to a directory above it");
    const { maxDepth } = this.#limits;
    if (above.length > maxDepth) return this.#add(path, `It is more than ${maxDepth} directories deep`);
    const entries = await readdir(path, { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => a.name < b.name ? -1 : 1)) {
      const { name } = entry;
      if (this.#isFull) return;
      if (name.startsWith(".")) continue;
      const child = join(path, name);
      try {
        // A link may lead to a directory.
        const isDirectory = entry.isSymbolicLink() ? (await stat(child)).isDirectory() : entry.isDirectory();
        if (isDirectory) await this.#directory(child, { root, above: [...above, real] });
        else if (EXTENSIONS.includes(extname(name))) await this.#file(child, layerOf(relative(root, child)));
      } catch (error) {
        // Deleted since it was listed; a link that leads nowhere is there.
        if (await isMissing(child)) continue;
        this.#add(child, `It cannot be read: ${reasonOf(error)}`);
      }
    }
  }

  async #file(path: string, layer: Layer): Promise<void> {
    const { maxFiles } = this.#limits;
    if (this.#isFull) return;
    if (this.files.length >= maxFiles) {
      this.#isFull = true;
      return this.#add(path, `There are more than ${maxFiles} files`);
    }
    const found = await stat(path, { bigint: true });
    // To read a pipe would wait for a writer.
    if (!found.isFile()) return this.#add(path, "It is not a regular file");
    this.files.push({ path, layer, stamp: stampOfStats(found), size: Number(found.size) });
  }

  #add(file: string, message: string): void {
    this.problems.push({ file, path: "", message });
  }
}

const EXTENSIONS = [".yaml", ".yml", ".json"];
const EMPTY = "It has no .yaml, .yml or .json file";

async function isMissing(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return false;
  } catch {
    return true;
  }
}

function layerOf(path: string): Layer {
  const [folder, name, ...rest] = path.split(sep);
  const of = folder === "nodes" ? "node" : folder === "clusters" ? "cluster" : undefined;
  if (of === undefined || name === undefined) return { of: "all" };
  const encoded = rest.length > 0 ? name : name.slice(0, -extname(name).length);
  try {
    return { of, name: decodeURIComponent(encoded) };
  } catch {
    throw new Error(`"${encoded}" is not the name of a ${of} as encodeURIComponent() writes it`);
  }
}
