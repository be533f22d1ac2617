import { spawnSync } from "node:child_process";

/** A program that `npm ci` does not install. */
export interface Tool {
  readonly name: string;
  /** Prints the version; whatever it needs beside the program itself makes it fail where that is missing. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Where its output has the version. */
  readonly version: RegExp;
  /** The oldest version that will do: major and minor. */
  readonly atLeast?: readonly [number, number];
  readonly install: string;
}

export const GIT: Tool = {
  name: "git",
  command: ["git", "--version"],
  version: /git version ([\d.]+)/,
  install: "https://git-scm.com/downloads, or apt-get install git",
};

export const OPENSSL: Tool = {
  name: "openssl",
  command: ["openssl", "version"],
  version: /SSL ([\d.]+)/,
  install: "apt-get install openssl; it makes the certificates of the tests of TLS",
};

export const GO: Tool = {
  name: "Go",
  command: ["go", "version"],
  version: /go([\d.]+)/,
  atLeast: [1, 26],
  install: "https://go.dev/dl",
};

export const PYTHON: Tool = {
  name: "Python",
  // Debian ships `venv` without what it needs, as a package of its own.
  command: ["python3", "-c", "import ensurepip, sys, venv; print(sys.version)"],
  version: /^([\d.]+)/,
  atLeast: [3, 9],
  install: "https://www.python.org/downloads, or apt-get install python3 python3-venv",
};

export const JDK: Tool = {
  name: "JDK",
  command: ["javac", "-version"],
  version: /javac ([\d.]+)/,
  atLeast: [17, 0],
  install: "https://adoptium.net, or apt-get install openjdk-17-jdk-headless",
};

export const MAVEN: Tool = {
  name: "Maven",
  command: ["mvn", "--version"],
  version: /Apache Maven ([\d.]+)/,
  atLeast: [3, 8],
  install: "https://maven.apache.org/download.cgi, or apt-get install maven",
};

export const CARGO: Tool = {
  name: "cargo",
  command: ["cargo", "--version"],
  version: /cargo ([\d.]+)/,
  install: "https://rustup.rs",
};

/** What is wrong with a tool on this machine; undefined if nothing is. */
export function problemWith({ name, command, version, atLeast, install }: Tool): string | undefined {
  const [program, ...args] = command;
  const { status, error, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  const wanted = atLeast ? `${name} ${atLeast.join(".").replace(/\.0$/, "")} or newer` : name;
  if (error || status !== 0) return `${wanted} is missing: ${install}`;
  const found = version.exec(`${stdout}${stderr}`)?.[1];
  if (found === undefined || isOlder(found, atLeast)) return `${wanted} is missing, here is ${found}: ${install}`;
  return undefined;
}

function isOlder(found: string, [major, minor]: readonly [number, number] = [0, 0]): boolean {
  const [foundMajor = 0, foundMinor = 0] = found.split(".").map(Number);
  return foundMajor < major || foundMajor === major && foundMinor < minor;
}
