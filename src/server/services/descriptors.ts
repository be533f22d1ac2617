import { type DescExtension, type DescFile, type DescMessage, type DescService, toBinary } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { MessageFinder } from "../../resource/mod.ts";

/** What {@link Descriptors} are made of. */
export interface DescriptorsOptions {
  /** The services that are served. */
  readonly services: readonly DescService[];
  /** Finds messages that no request or response names, such as those of resources. */
  readonly find: MessageFinder;
}

/**
 * The descriptors of the services that a server serves and of the messages in them, by file. Nothing is read before the
 * first lookup; a message that is found later brings its files with it.
 *
 * Invariant: the files in `#files` are there with all files that they import, and `#symbols` has the types of these.
 */
export class Descriptors {
  readonly #options: DescriptorsOptions;
  readonly #files = new Map<string, DescFile>();
  /** Messages, enums, services and extensions by their full names. */
  readonly #symbols = new Map<string, DescFile>();
  /** By the type that they extend. */
  readonly #extensions = new Map<string, Map<number, DescExtension>>();
  readonly #encoded = new WeakMap<DescFile, Uint8Array>();

  constructor(options: DescriptorsOptions) {
    this.#options = options;
  }

  /** The full names of the services. */
  get serviceNames(): string[] {
    return this.#options.services.map(({ typeName }) => typeName);
  }

  /** A file by the name that others import it by. */
  byName(name: string): DescFile | undefined {
    this.#readServices();
    return this.#files.get(name);
  }

  /** The file that defines a symbol: a type, or a method or field of one. @throws what the finder of messages throws */
  async withSymbol(symbol: string): Promise<DescFile | undefined> {
    this.#readServices();
    const parent = symbol.slice(0, Math.max(0, symbol.lastIndexOf(".")));
    const known = this.#symbols.get(symbol) ?? this.#withMember(parent, symbol.slice(parent.length + 1));
    if (known !== undefined) return known;
    const message = await this.#options.find(symbol);
    if (message === undefined) return undefined;
    this.#add(message.file);
    return message.file;
  }

  /** The extension of a message type with a number. */
  extension(typeName: string, number: number): DescExtension | undefined {
    this.#readServices();
    return this.#extensions.get(typeName)?.get(number);
  }

  /** The numbers of all extensions of a message type; undefined if the type is not known. */
  extensionNumbers(typeName: string): number[] | undefined {
    this.#readServices();
    const numbers = this.#extensions.get(typeName);
    return numbers !== undefined || this.#symbols.has(typeName) ? [...numbers?.keys() ?? []] : undefined;
  }

  /** A file in the form in which it is sent, encoded once. */
  encoded(file: DescFile): Uint8Array {
    let bytes = this.#encoded.get(file);
    if (bytes === undefined) this.#encoded.set(file, bytes = toBinary(FileDescriptorProtoSchema, file.proto));
    return bytes;
  }

  #readServices(): void {
    if (this.#files.size === 0) this.#options.services.forEach(({ file }) => this.#add(file));
  }

  #add(file: DescFile): void {
    if (this.#files.has(file.proto.name)) return;
    this.#files.set(file.proto.name, file);
    for (const type of nestedTypes(file)) {
      this.#symbols.set(type.typeName, file);
      if (type.kind === "extension") this.#addExtension(type);
    }
    for (const dependency of file.dependencies) this.#add(dependency);
  }

  #addExtension(extension: DescExtension): void {
    const { typeName } = extension.extendee;
    const numbers = this.#extensions.get(typeName) ?? new Map<number, DescExtension>();
    this.#extensions.set(typeName, numbers.set(extension.number, extension));
  }

  #withMember(typeName: string, member: string): DescFile | undefined {
    const file = this.#symbols.get(typeName);
    if (file === undefined) return undefined;
    for (const type of nestedTypes(file)) if (type.typeName === typeName && hasMember(type, member)) return file;
    return undefined;
  }
}

type Nested = ReturnType<typeof nestedTypes> extends Iterable<infer T> ? T : never;

function hasMember(type: Nested, name: string): boolean {
  if (type.kind === "service") return type.methods.some((method) => method.name === name);
  if (type.kind !== "message") return false;
  return membersOf(type).some((member) => member.name === name);
}

function membersOf({ fields, oneofs }: DescMessage): readonly { readonly name: string }[] {
  return [...fields, ...oneofs];
}
