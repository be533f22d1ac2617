import { isGlob, normalName, type Resource, type ResourceKey } from "../../resource/mod.ts";
import type { Reference } from "../findings.ts";
import type { Problem } from "../problem.ts";
import { likelyName } from "./spelling.ts";
import { isOfKind } from "./target-kind.ts";

/** The resources that references are looked up in. */
export interface Targets {
  /** The resource of a type and a name in its normal form. */
  get(typeUrl: string, name: string): Resource | undefined;
  /** All resources of a type by name. */
  resources(typeUrl: string): ReadonlyMap<string, Resource>;
}

/** Finds references to resources that do not exist. */
export class MissingTargets {
  readonly #targets: Targets;
  /** Names that clients have from elsewhere, by type URL. */
  readonly #external: ReadonlyMap<string, ReadonlySet<string>>;
  #hints = 0;

  constructor(targets: Targets, external: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#targets = targets;
    this.#external = external;
  }

  /**
   * The problem of a reference of a resource; undefined if the target exists and is of the right kind.
   *
   * @param hint - what to do about a target that does not exist. Default: the likely spelling of its name.
   */
  problemOf({ typeUrl, name }: ResourceKey, reference: Reference, hint?: string): Problem | undefined {
    const target = normalName(reference.name);
    // The members of a collection may be none.
    if (this.#exists(reference.typeUrl, target) || isGlob(target)) {
      return this.#ofOtherKind({ typeUrl, name }, reference);
    }
    const said = hint ?? this.#hintFor(reference.typeUrl, target);
    return {
      // If there are none at all of the type, they may come from elsewhere.
      severity: reference.isRejected && this.#targets.resources(reference.typeUrl).size > 0 ? "error" : "warning",
      typeUrl,
      resource: name,
      path: reference.path,
      rule: reference.rule,
      message: `Must be the name of a ${shortName(reference.typeUrl)} that exists`,
      value: reference.name,
      ...said !== undefined && { hint: said },
    };
  }

  /** The problem of a target that exists and is of no use, such as a certificate in place of a trusted CA. */
  #ofOtherKind({ typeUrl, name }: ResourceKey, reference: Reference): Problem | undefined {
    const { kind, typeUrls } = reference;
    if (kind === undefined && typeUrls === undefined) return undefined;
    const target = this.#targets.get(reference.typeUrl, normalName(reference.name));
    return target === undefined || isOfKind(target, reference) ? undefined : {
      severity: "error",
      typeUrl,
      resource: name,
      path: reference.path,
      rule: reference.rule,
      message: `Must be the name of a ${shortName(reference.typeUrl)} ${
        kind === undefined ? "of a type that type_urls has" : `with a ${kind.name}`
      }`,
      value: reference.name,
    };
  }

  #exists(typeUrl: string, name: string): boolean {
    return this.#targets.get(typeUrl, name) !== undefined || this.#external.get(typeUrl)?.has(name) === true;
  }

  #hintFor(typeUrl: string, name: string): string | undefined {
    if (this.#hints++ >= MAX_HINTS) return undefined;
    const likely = likelyName(name, this.#targets.resources(typeUrl).keys());
    return likely === undefined ? undefined : `Did you mean "${likely}"?`;
  }
}

/** Hints are for people, who read the first few problems. */
const MAX_HINTS = 20;

function shortName(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf(".") + 1);
}
