import { isGlob, normalName, type Resource, type ResourceKey, stringsAt, visitPath } from "../../resource/mod.ts";
import type { Reference } from "../findings.ts";
import type { Problem } from "../problem.ts";
import { typeNameOf, WRAPPERS } from "../known-types.ts";
import { likelyName } from "./spelling.ts";

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

  /** The problem of a reference of a resource; undefined if the target exists. */
  problemOf({ typeUrl, name }: ResourceKey, reference: Reference): Problem | undefined {
    const target = normalName(reference.name);
    // The members of a collection may be none.
    if (this.#exists(reference.typeUrl, target) || isGlob(target)) {
      return this.#ofOtherKind({ typeUrl, name }, reference);
    }
    const hint = this.#hintFor(reference.typeUrl, target);
    return {
      // If there are none at all of the type, they may come from elsewhere.
      severity: reference.isRejected && this.#targets.resources(reference.typeUrl).size > 0 ? "error" : "warning",
      typeUrl,
      resource: name,
      path: reference.path,
      rule: reference.rule,
      message: `Must be the name of a ${shortName(reference.typeUrl)} that exists`,
      value: reference.name,
      ...hint !== undefined && { hint },
    };
  }

  /** The problem of a target that exists and is of no use, such as a certificate in place of a trusted CA. */
  #ofOtherKind({ typeUrl, name }: ResourceKey, reference: Reference): Problem | undefined {
    const { kind, typeUrls } = reference;
    if (kind === undefined && typeUrls === undefined) return undefined;
    const target = this.#targets.get(reference.typeUrl, normalName(reference.name));
    if (target === undefined) return undefined;
    const isRight = kind === undefined ? isOfType(target, typeUrls!) : hasField(target, kind.field);
    return isRight ? undefined : {
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

function hasField(resource: Resource, field: number): boolean {
  let has = false;
  try {
    visitPath(resource.bytes, [field], () => has = true);
  } catch {
    // That it cannot be read is a problem of its own.
    return true;
  }
  return has;
}

/** Whether an extension is of one of some types; Envoy looks into what wraps another type. */
function isOfType({ bytes }: Resource, typeUrls: readonly string[]): boolean {
  try {
    const [type] = stringsAt(bytes, TYPE_OF_EXTENSION).map(typeNameOf);
    return type === undefined || WRAPPERS.has(type) || typeUrls.some((each) => typeNameOf(each) === type);
  } catch {
    // That it cannot be read is a problem of its own.
    return true;
  }
}

/** `typed_config` of a `TypedExtensionConfig`, and in it `type_url`. */
const TYPE_OF_EXTENSION = [2, 1];

function shortName(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf(".") + 1);
}
