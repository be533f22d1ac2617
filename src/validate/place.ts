import type { MessageShape } from "@bufbuild/protobuf";
import type { DescMessage, Message, Resource } from "../resource/mod.ts";
import type { Claim, Reference } from "./findings.ts";
import { Path } from "./path.ts";
import type { Problem } from "./problem.ts";

/** What a check says of a message. */
export interface Report {
  /** The field, from the message on. Default: the message itself. */
  readonly path?: string;
  /** What is expected, in a sentence without the value. */
  readonly message: string;
  /** The value; it is shortened. Nothing sensitive. Default: none. */
  readonly value?: string | undefined;
  /** What to do about it. Default: none. */
  readonly hint?: string | undefined;
}

/**
 * Where a walk is in a resource, and what has been found so far.
 *
 * Invariant: `ancestors` has the messages from the resource to the present one, those in an `Any` included.
 */
export class Place {
  /** The resource. */
  readonly resource: Resource;
  /** Where the present message is. */
  readonly path = new Path();
  /** The messages that lead to the present one, which is the last. */
  readonly ancestors: Message[] = [];
  /** What was found. */
  readonly problems: Problem[] = [];
  /** References to other resources. */
  readonly references: Reference[] = [];
  /** What no other resource may claim as well. */
  readonly claims: Claim[] = [];
  /** The rule of the check that runs. */
  rule = "";
  /** The positions of references by type URL and name, where there are many. */
  #positions: Map<string, Map<string, number>> | undefined = undefined;
  /** How many references are in these. */
  #positioned = 0;

  constructor(resource: Resource) {
    this.resource = resource;
  }

  /** Reports what clients reject, or cannot use. */
  error(report: Report): void {
    this.#report("error", report);
  }

  /** Reports what clients accept, though it hardly is what is meant. */
  warning(report: Report): void {
    this.#report("warning", report);
  }

  /** Remembers a reference to another resource; of several to the same one the first, or the first that is an error. */
  refer({ typeUrl, name, path, kind, typeUrls, isRejected }: Omit<Reference, "rule">): void {
    if (name === "") return;
    const known = this.#positionOf(typeUrl, name);
    if (known !== undefined && !(isRejected && !this.references[known]!.isRejected)) return;
    const reference = { typeUrl, name, kind, typeUrls, isRejected, rule: this.rule, path: this.path.toString(path) };
    if (known !== undefined) this.references[known] = reference;
    else this.references.push(reference);
  }

  /** Where a reference is in the list; most resources have a few, and route tables have thousands. */
  #positionOf(typeUrl: string, name: string): number | undefined {
    const { references } = this;
    if (references.length <= MAX_SEARCHED) {
      const found = references.findIndex((each) => each.name === name && each.typeUrl === typeUrl);
      return found < 0 ? undefined : found;
    }
    this.#positions ??= new Map();
    while (this.#positioned < references.length) {
      const { typeUrl, name } = references[this.#positioned]!;
      const names = this.#positions.get(typeUrl);
      if (names === undefined) this.#positions.set(typeUrl, new Map([[name, this.#positioned++]]));
      else names.set(name, this.#positioned++);
    }
    return this.#positions.get(typeUrl)?.get(name);
  }

  /** Remembers that this resource claims something for itself. */
  claim({ key, path, ...claim }: Omit<Claim, "rule">): void {
    this.claims.push({ ...claim, key: `${this.rule} ${key}`, rule: this.rule, path: this.path.toString(path) });
  }

  /** The innermost message of a type around the present one. */
  around<D extends DescMessage>({ typeName }: D): MessageShape<D> | undefined {
    for (let i = this.ancestors.length - 2; i >= 0; i--) {
      if (this.ancestors[i]!.$typeName === typeName) return this.ancestors[i] as MessageShape<D>;
    }
    return undefined;
  }

  #report(severity: Problem["severity"], { path, message, value, hint }: Report): void {
    const { typeUrl, name } = this.resource;
    this.problems.push({
      severity,
      typeUrl,
      resource: name,
      path: this.path.toString(path),
      rule: this.rule,
      message,
      ...value !== undefined && { value: shortened(value) },
      ...hint !== undefined && { hint },
    });
  }
}

const MAX_SEARCHED = 8;
const MAX_VALUE = 80;

function shortened(value: string): string {
  return value.length <= MAX_VALUE ? value : `${value.slice(0, MAX_VALUE)}…`;
}
