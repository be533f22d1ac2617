import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const ROOT = join(import.meta.dirname, "..");
const FOLDER = join(ROOT, "node_modules/.cache/ts-control-plane/bench");

/** Builds a program in Go: the clients of the benchmark or of the load tests, or the peer. @returns the program */
export function buildGo(name: "load" | "peer" | "clients"): string {
  mkdirSync(FOLDER, { recursive: true });
  const program = join(FOLDER, name);
  try {
    execFileSync("go", ["build", "-o", program, `./${name}`], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "inherit", "inherit"],
    });
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new Error(
      missing ? "Cannot find Go, which the clients are written in: install it (1.26 or newer)" : `Cannot build ${name}`,
      { cause },
    );
  }
  return program;
}

/** Compiles the servers that run on Node, and what they use, without joining modules. @returns the folder */
export function buildServers(): string {
  run(join(ROOT, "node_modules/.bin/tsc"), "-p", join(import.meta.dirname, "tsconfig.json"));
  return join(FOLDER, "js/bench/servers");
}

/** Makes what npm brings the users of this package. @returns the folder */
export function buildPackage(): string {
  run(process.execPath, join(ROOT, "scripts/build.ts"));
  return join(ROOT, "dist");
}

function run(program: string, ...args: readonly string[]): void {
  // Stdout is for the figures; tsc prints its errors there.
  execFileSync(program, args, { stdio: ["ignore", process.stderr.fd, "inherit"] });
}
