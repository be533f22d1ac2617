import { normalName } from "../resource/mod.ts";
import type { DiscoveryRequest } from "./request.ts";
import { type Subscription, WILDCARD } from "./subscription.ts";

/** What a client requests access to: resources of one type. */
export interface AccessQuery {
  /** The type of the resources. */
  readonly typeUrl: string;
  /** Their names in normal form; `*` stands for all. */
  readonly names: readonly string[];
}

/** A type of a stream, as far as access goes. */
export interface AccessedType {
  readonly typeUrl: string;
  readonly subscription: Subscription;
}

/**
 * What a request adds to the access of its stream. An ACK adds nothing, which costs no memory to find out.
 *
 * @param known - its type, unless the request is the first of the type
 * @param legacyWildcard - whether a first request without names subscribes to the wildcard
 */
export function addedAccess(
  { typeUrl, names }: DiscoveryRequest,
  known: AccessedType | undefined,
  legacyWildcard: boolean,
): readonly AccessQuery[] | undefined {
  if (known === undefined) {
    const all = names.length === 0 && legacyWildcard;
    return [{ typeUrl, names: all ? [WILDCARD] : names.map(normalName) }];
  }
  const { subscription } = known;
  for (const name of names) {
    if (isSubscribed(name, subscription)) continue;
    const added = names.filter((each) => !isSubscribed(each, subscription));
    return [{ typeUrl, names: added.map(normalName) }];
  }
  return undefined;
}

/** The access that a stream has. */
export function presentAccess(types: readonly AccessedType[]): AccessQuery[] {
  return types.map(({ typeUrl, subscription: { wildcard, names } }) => {
    return { typeUrl, names: wildcard ? [WILDCARD, ...names] : [...names] };
  });
}

function isSubscribed(name: string, { wildcard, names }: Subscription): boolean {
  if (name === WILDCARD) return wildcard;
  return names.has(name) || names.has(normalName(name));
}
