import { create, toBinary } from "@bufbuild/protobuf";
import {
  Bootstrap_StaticResourcesSchema,
  BootstrapSchema,
  LayeredRuntimeSchema,
  type RuntimeLayer,
  RuntimeLayerSchema,
} from "../../../../gen/envoy/config/bootstrap/v3/bootstrap_pb.ts";
import { ClusterSchema } from "../../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { ListenerSchema } from "../../../../gen/envoy/config/listener/v3/listener_pb.ts";
import { SecretSchema } from "../../../../gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.ts";
import { RuntimeSchema } from "../../../../gen/envoy/service/runtime/v3/rtds_pb.ts";
import type { Resource } from "../../../resource/mod.ts";
import { editsFor } from "./edits.ts";
import { Given } from "./given.ts";
import { rewrite } from "./rewrite.ts";
import { standInClusters, usersOfUnused } from "./stand-ins.ts";

/** What the bootstrap is rendered with. */
export interface RenderOptions {
  /** The path of a file without resources. */
  readonly emptyFile: string;
  /** Clusters that clients have from elsewhere. */
  readonly externalClusters: Iterable<string>;
}

/** A bootstrap, and which resource each of its lists has at which position. */
export interface Rendered {
  /** An `envoy.config.bootstrap.v3.Bootstrap`. */
  readonly bytes: Uint8Array;
  /** The names of the listeners and clusters, in order. */
  readonly names: { readonly listeners: readonly string[]; readonly clusters: readonly string[] };
}

/**
 * Renders resources into a static bootstrap, since `envoy --mode validate` looks at no other configuration. Resources that
 * no other one refers to are put where Envoy looks at them.
 */
export function renderBootstrap(resources: Iterable<Resource>, options: RenderOptions): Rendered {
  const given = new Given(resources);
  const edits = editsFor(given, options.emptyFile);
  // Those of gRPC clients have no address, and Envoy takes one of them at most.
  const listeners = [...given.all(ListenerSchema)].map(([, each]) => each).filter(({ address, apiListener }) => {
    return address !== undefined || apiListener === undefined;
  });
  const clusters = [...given.all(ClusterSchema)].map(([, each]) => each);
  for (const each of listeners) rewrite(ListenerSchema, each, edits);
  for (const each of clusters) rewrite(ClusterSchema, each, edits);
  const users = usersOfUnused(given);
  for (const each of users.listeners) rewrite(ListenerSchema, each, edits);
  const secrets = [...given.all(SecretSchema)].map(([, each]) => each);
  const externals = standInClusters([...options.externalClusters].filter((name) => !given.has(ClusterSchema, name)));
  const layers = layersOf(given);
  const bootstrap = create(BootstrapSchema, {
    node: { id: "validation", cluster: "validation" },
    staticResources: create(Bootstrap_StaticResourcesSchema, {
      listeners: [...listeners, ...users.listeners],
      clusters: [...clusters, ...users.clusters, ...externals],
      secrets,
    }),
    ...layers.length > 0 && { layeredRuntime: create(LayeredRuntimeSchema, { layers }) },
  });
  const names = { listeners: listeners.map(({ name }) => name), clusters: clusters.map(({ name }) => name) };
  return { bytes: toBinary(BootstrapSchema, bootstrap), names };
}

function layersOf(given: Given): RuntimeLayer[] {
  return [...given.all(RuntimeSchema)].map(([name, { layer }]) => {
    return create(RuntimeLayerSchema, { name, layerSpecifier: { case: "staticLayer", value: layer ?? {} } });
  });
}
