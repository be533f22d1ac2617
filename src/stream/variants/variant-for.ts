import type { ResourceType } from "../../resource/mod.ts";
import type { Variant } from "../request.ts";
import { delta, deltaOfUsed } from "./delta.ts";
import { onDemand } from "./on-demand.ts";
import { sotwFullState } from "./sotw-full-state.ts";
import { sotwPartial } from "./sotw-partial.ts";
import type { TypeVariant } from "./variant.ts";

/** The variant by which a type is served. @param type - its row in the API's table; undefined for any other type */
export function variantFor(protocol: Variant, type: ResourceType | undefined): TypeVariant {
  if (protocol === "sotw") return type?.fullState ? sotwFullState : sotwPartial;
  if (type?.aliases === undefined) return type?.fullState ? deltaOfUsed : delta;
  let variant = onDemandVariants.get(type);
  if (variant === undefined) onDemandVariants.set(type, variant = onDemand(type.aliases));
  return variant;
}

const onDemandVariants = new WeakMap<ResourceType, TypeVariant>();
