import type { ApiTable, ResourceType } from "../resource/mod.ts";

/** The row of a type in the API's table; undefined for a type that the table does not have. */
export function rowOf(typeUrl: string, api: ApiTable): ResourceType | undefined {
  let rows = tables.get(api);
  if (rows === undefined) tables.set(api, rows = new Map(api.types.map((type) => [type.typeUrl, type])));
  return rows.get(typeUrl);
}

const tables = new WeakMap<ApiTable, ReadonlyMap<string, ResourceType>>();
