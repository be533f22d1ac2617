import type { Resource, ResourceKey } from "../resource/mod.ts";
import { uselessResult } from "./rejection.ts";

/** A change that is about to be published. */
export interface Admission {
  /** The resources that are added or changed. */
  readonly update: readonly Resource[];
  /** The resources that are removed. */
  readonly remove: readonly ResourceKey[];
  /** The resources of a type and a name as they are now. */
  readonly before: ResourceTable;
  /** The resources as they will be. */
  readonly after: ResourceTable;
  /** Whether `after` has the resources of all types that its clients have: a cache of one type has not. */
  readonly isComplete: boolean;
}

/** Resources of some types at one moment. */
export interface ResourceTable {
  /** The type URLs. */
  readonly types: readonly string[];
  /** The resources of a type by name; empty for a type without any. */
  resources(typeUrl: string): ReadonlyMap<string, Resource>;
  /** The resource of a type and a name. */
  get(typeUrl: string, name: string): Resource | undefined;
}

/** A reason for which a change is refused, or a warning. `ts-control-plane/validate` has those that it finds. */
export interface AdmissionProblem {
  /** An error refuses the change. */
  readonly severity: "error" | "warning";
  /** The type URL of the resource. */
  readonly typeUrl: string;
  /** The name of the resource. */
  readonly resource: string;
  /** The field; empty for the whole resource. */
  readonly path: string;
  /** The rule. */
  readonly rule: string;
  /** What is expected. */
  readonly message: string;
  /** The value; nothing sensitive. Default: none. */
  readonly value?: string;
  /** What to do about it. Default: none. */
  readonly hint?: string;
}

/** Looks at a change before it is published. `admitValid` of `ts-control-plane/validate` makes one. */
export type Admit = (change: Admission) => readonly AdmissionProblem[];

/** A change was refused, and nothing of it was published. */
export class AdmissionError extends Error {
  /** All problems, warnings included. */
  readonly problems: readonly AdmissionProblem[];

  /** An error for these problems: at least one error, and any warnings. */
  constructor(problems: readonly AdmissionProblem[]) {
    super(textOf(problems.filter(isError)));
    this.name = "AdmissionError";
    this.problems = problems;
  }
}

/**
 * Has a change looked at.
 *
 * @throws AdmissionError if there is an error in it
 * @throws TypeError if the result is no list; what `admit` throws is passed on
 */
export function requireAdmission(admit: Admit, change: Admission): void {
  const problems: unknown = admit(change);
  if (!isList(problems)) throw uselessResult(problems, "Cannot publish: admit() must return a list of problems");
  if (problems.some(isError)) throw new AdmissionError(problems);
}

function isList(problems: unknown): problems is readonly AdmissionProblem[] {
  return Array.isArray(problems) && problems.every((each) => typeof each === "object" && each !== null);
}

/** A message lists the first few; the error has all. */
const MAX_LISTED = 5;

function isError({ severity }: AdmissionProblem): boolean {
  return severity === "error";
}

function textOf(errors: readonly AdmissionProblem[]): string {
  const rest = errors.length - MAX_LISTED;
  return [
    `Cannot publish: ${errors.length} ${errors.length === 1 ? "error" : "errors"} in it`,
    ...errors.slice(0, MAX_LISTED).map(lineOf),
    ...rest > 0 ? [`and ${rest} more`] : [],
  ].join("\n");
}

/** A problem on one line, for people. */
export function lineOf({ typeUrl, resource, path, rule, message, value, hint }: AdmissionProblem): string {
  const place = `${typeUrl.slice(typeUrl.lastIndexOf(".") + 1)} "${resource}"${path === "" ? "" : ` ${path}`}`;
  const shown = value === undefined ? "" : ` (${JSON.stringify(value)})`;
  return `${place}: ${message}${shown} [${rule}]${hint === undefined ? "" : `; ${hint}`}`;
}
