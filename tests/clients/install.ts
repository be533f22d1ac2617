import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";

/** What gives the command of a client. */
export interface InstallOptions {
  /** Called before something is installed or built, which takes a moment. */
  readonly onInstall?: (what: string) => void;
}

/** Builds the client of grpc-go with a module file: what it is linked with. */
export async function installGo(module: string, tags: string, { onInstall }: InstallOptions): Promise<string[]> {
  const source = join(import.meta.dirname, "grpc-go");
  const name = `grpc-go-${module}`;
  const binary = join(CACHE, name, "client");
  const files = ["main.go", "serve.go", "services.go", "v2.go", `${module}.mod`, `${module}.sum`].map((file) =>
    join(source, file)
  );
  await once(name, files, async () => {
    onInstall?.("its Go modules");
    await run("go", ["build", `-modfile=${module}.mod`, `-tags=${tags}`, "-o", binary, "."], GO, source);
  });
  return [binary];
}

/** Installs grpcio from PyPI, in an environment of its own. */
export async function installPython({ onInstall }: InstallOptions): Promise<string[]> {
  const source = join(import.meta.dirname, "grpcio");
  const folder = join(CACHE, "grpcio");
  const python = join(folder, "bin/python");
  const requirements = join(source, "requirements.txt");
  await once("grpcio", [requirements], async () => {
    onInstall?.("what it needs from PyPI");
    await run("python3", ["-m", "venv", folder], PYTHON);
    const options = ["--quiet", "--disable-pip-version-check", "--requirement", requirements];
    await run(python, ["-m", "pip", "install", ...options], PYTHON);
  });
  return [python, join(source, "client.py")];
}

/** Installs grpc-js and its support of xDS from npm, apart from this project's own packages. */
export async function installJs({ onInstall }: InstallOptions): Promise<string[]> {
  const source = join(import.meta.dirname, "grpc-js");
  const folder = join(CACHE, "grpc-js");
  const files = ["client.js", "package.json", "package-lock.json"];
  await once("grpc-js", files.map((file) => join(source, file)), async () => {
    onInstall?.("what it needs from npm");
    for (const file of files) copyFileSync(join(source, file), join(folder, file));
    await run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], "npm", folder);
  });
  return [process.execPath, join(folder, "client.js")];
}

/** Builds the client of grpc-java, with its libraries from Maven's repository. */
export async function installJava({ onInstall }: InstallOptions): Promise<string[]> {
  const source = join(import.meta.dirname, "grpc-java");
  const folder = join(CACHE, "grpc-java");
  const files = ["pom.xml", "src/main/java/Client.java"].map((file) => join(source, file));
  await once("grpc-java", files, async () => {
    onInstall?.("what it needs from Maven's repository");
    const options = ["--quiet", "--batch-mode", "--no-transfer-progress", `-Doutput=${folder}`];
    await run("mvn", [...options, "process-classes"], MAVEN, source);
  });
  const classes = [join(folder, "classes"), join(folder, "lib/*")].join(":");
  // Starts in half the time, and does not live long enough to miss the rest.
  return ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classes, "Client"];
}

const CACHE = join(import.meta.dirname, "../../node_modules/.cache/ts-control-plane/clients");

const GO = "Go 1.26 or newer";
const PYTHON = "Python 3.9 or newer, with its module venv";
const MAVEN = "a JDK 17 or newer, and Maven 3.8 or newer";

/** Does something in a folder of the cache, unless it was done with the same files. */
async function once(name: string, files: readonly string[], work: () => Promise<void>): Promise<void> {
  const folder = join(CACHE, name);
  const stamp = join(folder, "made-from");
  const content = files.map((file) => readFileSync(file, "utf8")).join("\n");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === content) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await work();
  writeFileSync(stamp, content);
}

async function run(program: string, args: readonly string[], needed: string, cwd?: string): Promise<void> {
  try {
    await promisify(execFile)(program, args, { ...cwd !== undefined && { cwd } });
  } catch (cause) {
    const { code, stdout = "", stderr = "" } = cause as { code?: unknown; stdout?: string; stderr?: string };
    const missing = code === "ENOENT" ? `Cannot find ${program}: install ${needed}` : undefined;
    throw new Error(missing ?? `${program} ${args.join(" ")} failed; it needs ${needed}:\n${stdout}${stderr}`, {
      cause,
    });
  }
}
