import { type Resource, stringsAt, visitPath } from "../../resource/mod.ts";
import { EXTENSION_CONFIG_TYPE, SECRET_TYPE } from "../../v3/types.ts";
import type { Reference } from "../findings.ts";
import { typeNameOf, WRAPPERS } from "../known-types.ts";

/** Whether a resource is of the kind that a reference to it needs. */
export function isOfKind(target: Resource, { kind, typeUrls }: Reference): boolean {
  if (kind !== undefined) return fieldsIn(target)?.includes(kind.field) ?? true;
  return typeUrls === undefined || isOfType(target, typeUrls);
}

/**
 * Whether a resource is of the same kind as the one that it replaces, so that those that refer to it need no look.
 *
 * @param before - undefined for none, which could not be looked at
 */
export function isOfSameKind(before: Resource | undefined, after: Resource): boolean {
  const { typeUrl } = after;
  if (typeUrl !== SECRET_TYPE && typeUrl !== EXTENSION_CONFIG_TYPE) return true;
  if (before === undefined) return false;
  if (typeUrl === SECRET_TYPE) return fieldsIn(before)?.join() === fieldsIn(after)?.join();
  return typeNameIn(before) === typeNameIn(after);
}

/** The fields of a secret of which it has one, that are set; undefined for one that cannot be read. */
function fieldsIn({ bytes }: Resource): number[] | undefined {
  const fields: number[] = [];
  try {
    for (const field of KINDS_OF_SECRETS) {
      let isSet = false;
      visitPath(bytes, [field], () => isSet = true);
      if (isSet) fields.push(field);
    }
  } catch {
    // That it cannot be read is a problem of its own.
    return undefined;
  }
  return fields;
}

function isOfType(extension: Resource, typeUrls: readonly string[]): boolean {
  const type = typeNameIn(extension);
  return type === undefined || typeUrls.some((each) => typeNameOf(each) === type);
}

/** The type of an extension, in a `TypedStruct` too; undefined for one that has none, or cannot be read. */
function typeNameIn({ bytes }: Resource): string | undefined {
  try {
    const type = stringsAt(bytes, TYPE_OF_EXTENSION).map(typeNameOf)[0];
    return type !== undefined && WRAPPERS.has(type) ? stringsAt(bytes, TYPE_IN_STRUCT).map(typeNameOf)[0] : type;
  } catch {
    // As above.
    return undefined;
  }
}

/** The members of the oneof `type` of a `Secret`. */
const KINDS_OF_SECRETS = [2, 3, 4, 5];
/** `typed_config` of a `TypedExtensionConfig`, and in it `type_url`. */
const TYPE_OF_EXTENSION = [2, 1];
/** In the `value` of that `Any`, the `type_url` of a `TypedStruct`. */
const TYPE_IN_STRUCT = [2, 2, 1];
