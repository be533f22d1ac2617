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
  resource: Resource;
  /** Where the present message is. */
  readonly path = new Path();
  /** The messages that lead to the present one, which is the last. */
  readonly ancestors: Message[] = [];
  /** What was found. */
  problems: readonly Problem[] = NONE;
  /** References to other resources. */
  references: readonly Reference[] = NONE;
  /** What no other resource may claim as well. */
  claims: readonly Claim[] = NONE;
  /** The rule of the check that runs. */
  rule = "";
  /** The positions of references by type URL and name, where there are many. */
  #positions: Map<string, Map<string, number>> | undefined = undefined;
  /** How many references are in these. */
  #positioned = 0;

  constructor(resource: Resource) {
    this.resource = resource;
  }

  /** Begins another resource, in which nothing has been found yet, after a walk that came to its end. */
  restart(resource: Resource): void {
    this.resource = resource;
    this.problems = this.references = this.claims = NONE;
    this.#positions = undefined;
    this.#positioned = 0;
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
    if (known !== undefined) (this.references as Reference[])[known] = reference;
    else this.references = added(this.references, reference);
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
  claim({ key, path: within, ...claim }: Omit<Claim, "rule">): void {
    const path = this.path.toString(within);
    this.claims = added(this.claims, { ...claim, key: `${this.rule} ${key}`, rule: this.rule, path });
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
    this.problems = added(this.problems, {
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

const NONE: readonly never[] = [];

/** A list with one more: the same one, but of none a new one, with memory for no more than that. Most stay so. */
function added<T>(list: readonly T[], item: T): readonly T[] {
  if (list.length === 0) return [item];
  (list as T[]).push(item);
  return list;
}

const MAX_SEARCHED = 8;
const MAX_VALUE = 80;

function shortened(value: string): string {
  return value.length <= MAX_VALUE ? value : `${value.slice(0, MAX_VALUE)}…`;
}
