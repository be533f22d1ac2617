import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** What a fake Envoy does, as the text of a program; `bootstrap` has the bytes of its bootstrap as text. */
export interface FakeEnvoy extends Disposable {
  /** Its path. */
  readonly path: string;
  /** What it noted of each run: `begin <mode of the file>` and `end`. */
  readonly notes: () => string[];
  /** The folders of its bootstraps that are there still. */
  readonly folders: () => string[];
}

/**
 * A program in the place of Envoy.
 *
 * @param body - run after its bootstrap has been read; what it calls `reject(text)` with is what Envoy would say
 */
export function fakeEnvoy(body: string): FakeEnvoy {
  const folder = mkdtempSync(join(tmpdir(), "fake-envoy-"));
  const path = join(folder, "envoy");
  const notes = join(folder, "notes");
  const folders = join(folder, "folders");
  const program = `#!${process.execPath}
const { appendFileSync, readFileSync, statSync } = require("node:fs");
const file = process.argv[process.argv.indexOf("--config-path") + 1];
const note = (text) => appendFileSync(${JSON.stringify(notes)}, text + "\\n");
const bootstrap = readFileSync(file, "latin1");
const reject = (text) => {
  console.error("error initializing configuration '" + file + "': " + text);
  note("end");
  process.exit(1);
};
appendFileSync(${JSON.stringify(folders)}, require("node:path").dirname(file) + "\\n");
note("begin " + (statSync(file).mode & 0o777).toString(8));
${body}
note("end");
`;
  writeFileSync(path, program);
  chmodSync(path, 0o755);
  return {
    path,
    notes: () => existsSync(notes) ? readFileSync(notes, "utf8").trimEnd().split("\n") : [],
    folders: () => readFileSync(folders, "utf8").trimEnd().split("\n").filter(existsSync),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
