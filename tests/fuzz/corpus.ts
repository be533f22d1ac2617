import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "corpus");

/** The kept inputs of a target: one in each line, in base64. */
export function readCorpus(name: string): Uint8Array[] {
  const path = fileOf(name);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => new Uint8Array(Buffer.from(line, "base64")));
}

/** Adds inputs to those that are kept. */
export function addToCorpus(name: string, inputs: readonly Uint8Array[]): void {
  const lines = new Set([...readCorpus(name), ...inputs].map(lineOf));
  writeFileSync(fileOf(name), [...lines].map((line) => `${line}\n`).join(""));
}

/** An input as it stands in the corpus and on the command line. */
export function lineOf(input: Uint8Array): string {
  return Buffer.from(input).toString("base64");
}

function fileOf(name: string): string {
  return join(FOLDER, `${name}.txt`);
}
