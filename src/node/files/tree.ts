import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { DocumentProblem, Layer } from "../../files/mod.ts";

/** A file that is to be read. */
export interface TreeFile {
  /** The path to read it by. */
  readonly path: string;
  readonly layer: Layer;
  /** Changes when the file does: its device, its number, its size and when it was written. */
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
 * names. What is below `nodes/<id>` or `clusters/<cluster>` of a directory belongs to these clients; the names are those
 * that `encodeURIComponent` makes. Names that begin with a dot are left out: editors and Kubernetes have such.
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

  constructor(limits: TreeLimits) {
    this.#limits = limits;
  }

  async add(path: string): Promise<void> {
    try {
      const found = await stat(path);
      if (found.isDirectory()) return await this.#directory(path, { root: path, above: [] });
      await this.#file(path, { of: "all" });
    } catch (error) {
      this.#fail(path, error);
    }
  }

  async #directory(path: string, { root, above }: { readonly root: string; readonly above: readonly string[] }) {
    const real = await realpath(path);
    // A link to a directory above leads around in a circle.
    if (above.includes(real)) return this.#fail(path, new Error("a link leads to a directory above it"));
    if (above.length > this.#limits.maxDepth) {
      return this.#fail(path, new Error(`it is more than ${this.#limits.maxDepth} directories deep`));
    }
    for (const name of (await readdir(path)).toSorted()) {
      if (name.startsWith(".")) continue;
      const child = join(path, name);
      try {
        const found = await stat(child);
        if (found.isDirectory()) await this.#directory(child, { root, above: [...above, real] });
        else if (/\.(ya?ml|json)$/.test(name)) await this.#file(child, layerOf(relative(root, child)));
      } catch (error) {
        // Deleted since it was listed.
        if (await isMissing(child)) continue;
        this.#fail(child, error);
      }
    }
  }

  async #file(path: string, layer: Layer): Promise<void> {
    if (this.files.length >= this.#limits.maxFiles) {
      if (this.files.length === this.#limits.maxFiles && !this.problems.some(({ message }) => message === TOO_MANY)) {
        this.problems.push({ file: path, path: "", message: TOO_MANY });
      }
      return;
    }
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    this.files.push({ path, layer, stamp: [dev, ino, size, mtimeNs, ctimeNs].join(), size: Number(size) });
  }

  #fail(path: string, error: unknown): void {
    const reason = (error as Error).message.replace(/, \w+ '.*'$/, "");
    this.problems.push({ file: path, path: "", message: `It cannot be read: ${reason}` });
  }
}

const TOO_MANY = "There are more files than are read";

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
  if (name === undefined || rest.length === 0) return { of: "all" };
  if (folder === "nodes") return { of: "node", name: decodeURIComponent(name) };
  if (folder === "clusters") return { of: "cluster", name: decodeURIComponent(name) };
  return { of: "all" };
}
