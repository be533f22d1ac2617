import { getOption } from "@bufbuild/protobuf";
import { versioning } from "../../gen/udpa/annotations/versioning_pb.ts";
import type { DescMessage, MessageTypes } from "../resource/mod.ts";
import { knownType, knownTypeNames } from "../v3/known-types.ts";
import { likelyName } from "./spelling.ts";

/** The types that a document may use: those of the user before those of `gen/`. */
export class Types {
  readonly #own: MessageTypes | undefined;

  constructor(own?: MessageTypes) {
    this.#own = own;
  }

  /** The descriptor of a type. */
  get(typeName: string): DescMessage | undefined {
    return this.#own?.getMessage(typeName) ?? knownType(typeName);
  }

  /** What to write in place of a type that is not known. */
  hintFor(typeName: string): string {
    const successor = /^envoy\..*\bv\d/.test(typeName) ? successorOf(typeName) : undefined;
    if (successor !== undefined) return `the type of today is "${successor}"`;
    const likely = likelyName(typeName, knownTypeNames());
    return likely === undefined ? "give a type of your own in the option types" : `did you mean "${likely}"?`;
  }
}

/** The type of v3 that was made of one of v2: each says so itself. */
function successorOf(typeName: string): string | undefined {
  return [...knownTypeNames()].find((name) => {
    return name.startsWith("envoy.") && getOption(knownType(name)!, versioning).previousMessageType === typeName;
  });
}
