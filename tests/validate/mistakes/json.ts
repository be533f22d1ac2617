import { createRegistry, fromJson, type JsonValue } from "@bufbuild/protobuf";
import type { Resource } from "../../../mod.ts";
import { resource, TYPE_URL_PREFIX } from "../../../src/resource/mod.ts";
import { knownType, knownTypes } from "../../../src/validate/known-types.ts";

/** A message as JSON, to be changed. */
// deno-lint-ignore no-explicit-any -- JSON that mistakes reach into
export type Json = any;

/** A configuration as JSON: its resources by type and name. */
export interface Config {
  readonly clusters: Record<string, Json>;
  readonly endpoints: Record<string, Json>;
  readonly listeners: Record<string, Json>;
  readonly routes: Record<string, Json>;
  readonly scopes: Record<string, Json>;
  readonly secrets: Record<string, Json>;
  readonly extensions: Record<string, Json>;
}

const TYPES: Readonly<Record<keyof Config, string>> = {
  clusters: "envoy.config.cluster.v3.Cluster",
  endpoints: "envoy.config.endpoint.v3.ClusterLoadAssignment",
  listeners: "envoy.config.listener.v3.Listener",
  routes: "envoy.config.route.v3.RouteConfiguration",
  scopes: "envoy.config.route.v3.ScopedRouteConfiguration",
  secrets: "envoy.extensions.transport_sockets.tls.v3.Secret",
  extensions: "envoy.config.core.v3.TypedExtensionConfig",
};

const registry = createRegistry(...knownTypes());

/** The resources of a configuration; each has the name that it is listed by. */
export function resourcesOf(config: Config): Resource[] {
  return Object.entries(TYPES).flatMap(([key, typeName]) => {
    return Object.entries(config[key as keyof Config]).map(([name, json]) => resourceOf(typeName, name, json));
  });
}

/** A resource of a type, whose message is given as Envoy's JSON. */
export function resourceOf(typeName: string, name: string, json: JsonValue): Resource {
  const schema = knownType(typeName)!;
  return resource(schema, fromJson(schema, json, { registry }) as never, { name });
}

/** An `Any` as JSON. */
export function any(type: string, fields: Json = {}): Json {
  return { "@type": TYPE_URL_PREFIX + type, ...fields };
}
