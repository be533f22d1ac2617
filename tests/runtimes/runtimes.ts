import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";

/** A runtime that the package supports. */
export interface Runtime {
  readonly name: string;
  /** The npm package that contains it, with its version. */
  readonly npm: string;
  /** The name of its program. */
  readonly bin: string;
  /** Arguments before the name of the file to run. */
  readonly args: readonly string[];
}

/** The oldest Node that is supported, the one that the tests run on, Deno and Bun. */
export const RUNTIMES: readonly Runtime[] = [
  { name: "Node 22", npm: "node@22.18.0", bin: "node", args: [] },
  { name: "Node 24", npm: `node@${process.versions.node}`, bin: "node", args: [] },
  { name: "Deno", npm: "deno@2.9.6", bin: "deno", args: ["run", "--quiet", "--allow-all"] },
  { name: "Bun", npm: "bun@1.4.5", bin: "bun", args: ["run"] },
];

/** The command that runs a file with a runtime, which is installed from npm if it is missing. */
export async function commandOf({ npm, bin, args }: Runtime): Promise<readonly string[]> {
  if (bin === "node" && npm === `node@${process.versions.node}`) return [process.execPath, ...args];
  // The path: a program that is started through npm could not be ended by its id.
  const which = ["exec", "--yes", `--package=${npm}`, "--call", `command -v ${bin}`];
  const { stdout } = await promisify(execFile)("npm", which);
  return [stdout.trim(), ...args];
}
