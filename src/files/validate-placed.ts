import { validate, type ValidateOptions } from "../validate/mod.ts";
import type { PlacedResource } from "./placed-resource.ts";
import type { DocumentProblem } from "./problem.ts";

/** A problem of `validate`, where it is written. */
export interface PlacedProblem extends DocumentProblem {
  /** A client rejects an error, or cannot use it. */
  readonly severity: "error" | "warning";
  /** The rule, as in `string.min_len` or `reference.cluster`; `document` for what cannot be read. */
  readonly rule: string;
  /** The name of the resource, where it is about one. */
  readonly resource?: string;
  /** The value, shortened and without secrets. */
  readonly value?: string;
}

/** Finds what clients would reject in resources, at the places of the fields. */
export function validatePlaced(placed: readonly PlacedResource[], options?: ValidateOptions): PlacedProblem[] {
  const places = new Map(placed.map((each) => [`${each.resource.typeUrl}\n${each.resource.name}`, each]));
  const problems = validate(placed.map(({ resource }) => resource), options);
  return problems.map(({ typeUrl, resource, path, ...rest }) => {
    const place = places.get(`${typeUrl}\n${resource}`)?.placeOf(path);
    return { ...place, path: place?.path ?? path, resource, ...rest };
  });
}

/** A problem of a document, as one of validation: it is always an error. */
export function asPlacedProblem(problem: DocumentProblem): PlacedProblem {
  return { severity: "error", rule: "document", ...problem };
}
