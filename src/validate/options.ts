import type { Problem } from "./problem.ts";

/** How severe a problem is. */
export type Severity = Problem["severity"];

/** Options of `validate` and of `admitValid`. */
export interface ValidateOptions {
  /**
   * The severity of rules, by their names or by what stands before the first dot, as in
   * `{ reference: "error", "route.unreachable": "off" }`. Default: what each rule says.
   */
  readonly rules?: Readonly<Record<string, Severity | "off">>;
  /**
   * Names of resources that clients have from elsewhere, by type URL, such as the static clusters of their bootstrap.
   * References to them are fine. Default: none.
   */
  readonly external?: Readonly<Record<string, Iterable<string>>>;
  /**
   * The extensions of the clients, which `node.extensions` has of a client: configuration of any other is an error.
   * Default: unknown; a type that the API does not have is a warning.
   */
  readonly extensions?: Iterable<{ readonly typeUrls: Iterable<string> }>;
}
