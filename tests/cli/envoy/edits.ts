import { mkdir, readdir, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A directory whose resources are edited. */
export interface Edited {
  readonly directory: string;
  /** The text of a file with the routes of a version. */
  readonly routes: (version: string) => string;
}

/** A way to replace a file. */
export interface Way {
  readonly title: string;
  /** @param n - which edit in this way it is, from 0 */
  readonly edit: (edited: Edited, version: string, n: number) => Promise<void>;
}

/** All ways, each of which begins where the one before has ended. */
export const WAYS: readonly Way[] = [
  {
    title: "written in place",
    edit: ({ directory, routes }, version) => writeFile(join(directory, "routes.yaml"), routes(version)),
  },
  {
    title: "renamed over",
    async edit({ directory, routes }, version) {
      const written = join(directory, ".routes.yaml.tmp");
      await writeFile(written, routes(version));
      await rename(written, join(directory, "routes.yaml"));
    },
  },
  {
    title: "a new file, and the former one deleted",
    async edit({ directory, routes }, version, n) {
      await writeFile(join(directory, `routes-${n}.yaml`), routes(version));
      await rm(join(directory, n === 0 ? "routes.yaml" : `routes-${n - 1}.yaml`));
    },
  },
  {
    title: "a symbolic link swapped, as Kubernetes does",
    async edit({ directory, routes }, version, n) {
      const former = await readlink(join(directory, "..data")).catch(() => undefined);
      const next = `..${version}`;
      await mkdir(join(directory, next));
      await writeFile(join(directory, next, "routes.yaml"), routes(version));
      await symlink(next, join(directory, "..data_tmp"));
      await rename(join(directory, "..data_tmp"), join(directory, "..data"));
      if (former !== undefined) return rm(join(directory, former), { recursive: true });
      // The first time: the file of the way before becomes a link.
      for (const name of await readdir(directory)) if (/^routes/.test(name)) await rm(join(directory, name));
      await symlink("..data/routes.yaml", join(directory, "routes.yaml"));
      if (n !== 0) throw new Error("The link was not there");
    },
  },
];
