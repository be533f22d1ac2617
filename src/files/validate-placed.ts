import type { ValidateOptions } from "../validate/mod.ts";
import { validateBy } from "../validate/validate.ts";
import { Validator } from "../validate/validator.ts";
import type { ClientLayers } from "./layers.ts";
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
  /** The layers of files whose clients have it; absent where all clients do. */
  readonly layers?: ClientLayers;
}

/** Finds what clients would reject in resources, at the places of the fields. */
export function validatePlaced(placed: readonly PlacedResource[], options?: ValidateOptions): PlacedProblem[] {
  return validatePlacedBy(new Validator(options), placed);
}

/** The same by a validator that is used again, so that what it knows of resources stays. */
export function validatePlacedBy(validator: Validator, placed: readonly PlacedResource[]): PlacedProblem[] {
  const places = new Map(placed.map((each) => [`${each.resource.typeUrl}\n${each.resource.name}`, each]));
  const problems = validateBy(validator, placed.map(({ resource }) => resource));
  return problems.map(({ typeUrl, resource, path, value, ...rest }) => {
    const found = places.get(`${typeUrl}\n${resource}`);
    const isShown = value !== undefined && found?.isExpanded(path) !== true;
    const placed = { path, ...found?.placeOf(path), resource, ...rest, ...isShown && { value } };
    return rest.rule.startsWith("reference.") ? { ...placed, ...ofReference(placed, found?.rest) } : placed;
  });
}

/** Envoy gets what the static resources of its bootstrap refer to from its control plane, and accepts them as they are. */
function ofReference({ rule, hint }: PlacedProblem, rest: PlacedResource["rest"]): Partial<PlacedProblem> {
  if (rest === "control plane") {
    return {
      severity: "warning",
      hint: hint ?? "the control plane of this bootstrap may have it, and these files do not",
    };
  }
  if (rest === undefined || rule !== "reference.endpoints") return {};
  return { hint: "Envoy's admin interface gives the endpoints, too: /config_dump?include_eds" };
}

/** A problem of a document, as one of validation: it is always an error. */
export function asPlacedProblem(problem: DocumentProblem): PlacedProblem {
  return { severity: "error", rule: "document", ...problem };
}
