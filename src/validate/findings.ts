import type { Problem } from "./problem.ts";

/** A reference from one resource to another. */
export interface Reference {
  /** The type URL of the target. */
  readonly typeUrl: string;
  /** The name of the target. */
  readonly name: string;
  /** The rule that its absence breaks. */
  readonly rule: string;
  /** The field with the name. */
  readonly path: string;
  /** The field of the target that has to be set, of which there is a choice. Default: any. */
  readonly kind?: { readonly field: number; readonly name: string } | undefined;
  /** The type URLs of which that of the extension that is the target has to be one. Default: any. */
  readonly typeUrls?: readonly string[] | undefined;
  /** Whether Envoy rejects the resource if the target does not exist; otherwise it waits, or fails requests. */
  readonly isRejected: boolean;
}

/** Something that only one resource of a type may have, such as the address of a listener. */
export interface Claim {
  /** What is claimed, for comparison. */
  readonly key: string;
  /** The same for people, such as `the address 0.0.0.0:80`. */
  readonly what: string;
  /** How severe a second claim is. */
  readonly severity: Problem["severity"];
  /** The rule that a second claim breaks. */
  readonly rule: string;
  /** The field. */
  readonly path: string;
}

/** All that validation needs to know of a resource, whatever the others are. */
export interface Findings {
  /** What is wrong with it alone. */
  readonly problems: readonly Problem[];
  /** The resources that it refers to, each once. */
  readonly references: readonly Reference[];
  /** What it claims for itself. */
  readonly claims: readonly Claim[];
}
