import type { DescFile } from "@bufbuild/protobuf";
import type { GenFile } from "@bufbuild/protobuf/codegenv2";
import * as wkt from "@bufbuild/protobuf/wkt";
import { DESCRIPTORS } from "../../gen/descriptors.ts";
import { fileDesc } from "../../gen/file-desc.ts";

/**
 * The descriptors of .proto files, each made when it is first needed: to make all of them takes a quarter of a second
 * and 50 MB, and most configurations use a few.
 *
 * Invariant: a file is made after those that it imports, and once.
 */
export class DescriptorFiles {
  readonly #made = new Map<string, GenFile>();
  /** The names in DESCRIPTORS by the full name of a message at the top level of the file. */
  #names: ReadonlyMap<string, string> | undefined = undefined;

  constructor() {
    for (const [name, file] of Object.entries(wkt)) if (name.startsWith("file_")) this.#made.set(name, file as GenFile);
  }

  /** The full names of the messages at the top level of all files. */
  get typeNames(): Iterable<string> {
    return this.#index().keys();
  }

  /** Takes over a file that exists already, and those that it imports, so that they are not made twice. */
  add(file: DescFile): void {
    const name = constantOf(file.proto.name);
    if (this.#made.has(name)) return;
    this.#made.set(name, file as GenFile);
    for (const each of file.dependencies) this.add(each);
  }

  /** The file with a message at its top level; undefined if there is none. */
  fileWith(typeName: string): DescFile | undefined {
    const name = this.#index().get(typeName);
    return name === undefined ? undefined : this.#file(name);
  }

  #index(): ReadonlyMap<string, string> {
    return this.#names ??= new Map([...this.#namesInFiles()]);
  }

  *#namesInFiles(): Iterable<readonly [string, string]> {
    for (const [name, file] of this.#made) {
      if (name.startsWith("file_google_protobuf_")) {
        for (const { typeName } of file.messages) yield [typeName, name];
      }
    }
    for (const name in DESCRIPTORS) {
      const [packageName, messages] = DESCRIPTORS[name]!;
      if (messages !== "") { for (const each of messages.split(" ")) yield [`${packageName}.${each}`, name]; }
    }
  }

  #file(name: string): GenFile {
    let file = this.#made.get(name);
    if (file === undefined) {
      const [, , dependencies, base64] = DESCRIPTORS[name]!;
      const imports = dependencies === "" ? [] : dependencies.split(" ").map((each) => this.#file(each));
      this.#made.set(name, file = fileDesc(base64, imports));
    }
    return file;
  }
}

/** The name of the constant that a generated module has for a file, given its path without the suffix. */
function constantOf(path: string): string {
  return `file_${path.replaceAll(/\W/g, "_")}`;
}
