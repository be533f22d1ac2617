import type { DescMessage } from "../resource/mod.ts";
import { knownType, knownTypeNames } from "../v3/known-types.ts";
import { likelyName } from "./spelling.ts";

/** Message types that are not of Envoy's API: a list of their descriptors, or a registry of `@bufbuild/protobuf`. */
export type MessageTypes = Iterable<DescMessage | { readonly kind: string }>;

/** The types that a document may use: those of the user before those of `gen/`. */
export class Types {
  readonly #own = new Map<string, DescMessage>();

  constructor(own: MessageTypes = []) {
    for (const type of own) {
      if (type.kind === "message") this.#own.set((type as DescMessage).typeName, type as DescMessage);
    }
  }

  /** The descriptor of a type. */
  get(typeName: string): DescMessage | undefined {
    return this.#own.get(typeName) ?? knownType(RENAMED[typeName] ?? typeName);
  }

  /** What to write in place of a type that is not known. */
  hintFor(typeName: string): string {
    const likely = this.#likely(typeName);
    return likely === undefined ? "a type of your own is given in the option types" : `did you mean "${likely}"?`;
  }

  #likely(typeName: string): string | undefined {
    const last = typeName.slice(typeName.lastIndexOf(".") + 1);
    const names = [...this.#own.keys(), ...knownTypeNames()];
    // The same message in another package is more likely than another message: v2, or a package that has moved.
    const moved = names.filter((name) => name.endsWith(`.${last}`));
    const near = likelyName(typeName, names);
    if (moved.length === 0) return near;
    return near !== undefined && moved.includes(near)
      ? near
      : moved.length === 1
      ? moved[0]
      : nearest(typeName, moved) ?? near;
  }
}

/** Of types with the same last part, the one that shares most of the other parts. */
function nearest(typeName: string, names: readonly string[]): string | undefined {
  const parts = new Set(typeName.split("."));
  const shared = (name: string) => name.split(".").filter((part) => parts.has(part)).length;
  const [first, second] = names.toSorted((a, b) => shared(b) - shared(a));
  return second !== undefined && shared(first!) === shared(second) ? undefined : first;
}

/** Envoy still reads these names; the messages have the same fields. */
const RENAMED: Readonly<Record<string, string>> = { "udpa.type.v1.TypedStruct": "xds.type.v3.TypedStruct" };
