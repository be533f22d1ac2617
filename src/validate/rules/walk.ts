import type { DescField } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import type { Unpacked } from "../known-types.ts";
import type { Problem } from "../problem.ts";
import { describeValue } from "./describe-value.ts";
import { isSensitive as isSensitiveField } from "./sensitive.ts";

/** What is wrong in a message, without the resource that the message belongs to. */
export type Finding = Omit<Problem, "typeUrl" | "resource">;

/** A field, as a step of a path. */
export interface FieldStep {
  readonly field: DescField;
  /** Its name, after a dot. */
  readonly text: string;
  /** Whether it, or one above it that is known at this place, must not be shown. */
  readonly isSensitive: boolean;
}

/** The step into a field. */
export function stepOf(field: DescField): FieldStep {
  return { field, text: `.${field.name}`, isSensitive: isSensitiveField(field) };
}

/** What a check finds. */
export interface Finds {
  readonly id: string;
  readonly expected: string;
  readonly severity?: Problem["severity"];
  readonly hint?: string;
}

/** An index of a list, a key of a map, or the type of a message in an `Any`. */
export type Step = FieldStep | number | bigint | string | boolean | { readonly typeUrl: string };

/** What a walk needs of others. */
export interface WalkOptions {
  /** Decodes what an `Any` holds. @returns undefined for a type that is not known @throws Error for other bytes */
  readonly unpack: (any: Any) => Unpacked | undefined;
}

/** The way through a message to the place that is checked, and what was found until then. */
export class Walk {
  readonly findings: Finding[] = [];
  readonly unpack: WalkOptions["unpack"];
  readonly #steps: Step[] = [];

  constructor({ unpack }: WalkOptions) {
    this.unpack = unpack;
  }

  /** Enters a field, or a member of one. */
  enter(step: Step): void {
    this.#steps.push(step);
  }

  /** Leaves what was entered last. */
  leave(): void {
    this.#steps.pop();
  }

  /** How many fields and members deep the place is. */
  get depth(): number {
    return this.#steps.length;
  }

  /**
   * Adds a finding at the place, or at a field of it.
   *
   * @param value - undefined if there is none to be shown
   */
  report({ id, expected, severity = "error", hint }: Finds, value: unknown, field?: FieldStep): void {
    const steps = field ? [...this.#steps, field] : this.#steps;
    const shown = value === undefined ? undefined : valueAt(steps, value);
    this.findings.push({
      severity,
      path: pathOf(steps),
      rule: id,
      message: expected,
      ...(shown === undefined ? {} : { value: shown }),
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** Adds a finding at a oneof, which is no field. */
  reportOneof({ id, expected }: Finds, name: string): void {
    const path = pathOf(this.#steps);
    this.findings.push({
      severity: "error",
      path: path === "" ? name : `${path}.${name}`,
      rule: id,
      message: expected,
    });
  }
}

const REDACTED = "[redacted]";

function isField(step: Step): step is FieldStep {
  return typeof step === "object" && "field" in step;
}

function isSensitive(steps: readonly Step[]): boolean {
  return steps.some((step) => isField(step) && step.isSensitive);
}

function valueAt(steps: readonly Step[], value: unknown): string | undefined {
  if (isSensitive(steps)) return REDACTED;
  const last = steps.findLast(isField);
  const inMember = steps.at(-1) !== last;
  return describeValue(value, last?.field, inMember);
}

function pathOf(steps: readonly Step[]): string {
  let path = "";
  let sensitive = false;
  for (const step of steps) {
    if (isField(step)) {
      path += path === "" ? step.field.name : step.text;
      sensitive ||= step.isSensitive;
    } else if (typeof step === "object") {
      path += `[${step.typeUrl}]`;
    } else if (typeof step === "string") {
      path += `[${sensitive ? REDACTED : JSON.stringify(step)}]`;
    } else {
      path += `[${step}]`;
    }
  }
  return path;
}
