import type { ApiTable, ResourceType } from "../resource/mod.ts";
import type { IsolationContext } from "./isolation/isolation-context.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { DiscoveryStreamOptions } from "./stream-options.ts";
import { TypeStream } from "./type-stream.ts";

/** The stream that a type is opened on. */
export interface Opening extends Pick<DiscoveryStreamOptions, "api" | "variant" | "limits" | "onFault"> {
  /** How many types it has already. */
  readonly count: number;
  readonly isolation: IsolationContext | undefined;
  /** Called when the view is there, or has changed. */
  readonly onView: () => void;
}

/** Opens a type on a stream. @throws ProtocolError for more types than a client may subscribe to */
export function openType(
  typeUrl: string,
  { api, variant, limits, count, isolation, onView, onFault }: Opening,
): TypeStream {
  if (count >= limits.maxTypes) {
    throw new ProtocolError("resource_exhausted", `a stream may subscribe to at most ${limits.maxTypes} types`, {
      limit: "maxTypes",
    });
  }
  return new TypeStream(typeUrl, { type: rowOf(typeUrl, api), protocol: variant, isolation, onView, onFault });
}

/** Whether a first request of a type without names subscribes to the wildcard. */
export function isLegacyWildcard(
  typeUrl: string,
  { api, legacyWildcard }: Pick<DiscoveryStreamOptions, "api" | "legacyWildcard">,
): boolean {
  return legacyWildcard?.has(typeUrl) ?? rowOf(typeUrl, api)?.legacyWildcard ?? false;
}

/** The row of a type in the API's table; undefined for a type that the table does not have. */
export function rowOf(typeUrl: string, api: ApiTable): ResourceType | undefined {
  let rows = tables.get(api);
  if (rows === undefined) tables.set(api, rows = new Map(api.types.map((type) => [type.typeUrl, type])));
  return rows.get(typeUrl);
}

const tables = new WeakMap<ApiTable, ReadonlyMap<string, ResourceType>>();
