import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";

/** A runtime that the package is for. */
export interface Runtime {
  readonly name: string;
  /** The npm package that it comes in, and which version of it. */
  readonly npm: string;
  /** Its program. */
  readonly bin: string;
  /** What stands before the name of a file to run. */
  readonly args: readonly string[];
}

/** The oldest Node that is supported, the one that the tests run on, Deno and Bun. */
export const RUNTIMES: readonly Runtime[] = [
  { name: "Node 22", npm: "node@22.18.0", bin: "node", args: [] },
  { name: "Node 24", npm: `node@${process.versions.node}`, bin: "node", args: [] },
  { name: "Deno", npm: "deno@2.9.6", bin: "deno", args: ["run", "--quiet", "--allow-all"] },
  { name: "Bun", npm: "bun@1.4.5", bin: "bun", args: ["run"] },
];

/** The command that runs a file with a runtime, which is installed from npm if it is not there. */
export async function commandOf({ npm, bin, args }: Runtime): Promise<readonly string[]> {
  if (bin === "node" && npm === `node@${process.versions.node}`) return [process.execPath, ...args];
  // Asking for the path, for a program that is started through npm could not be ended by its id.
  const which = ["exec", "--yes", `--package=${npm}`, "--call", `command -v ${bin}`];
  const { stdout } = await promisify(execFile)("npm", which);
  return [stdout.trim(), ...args];
}
