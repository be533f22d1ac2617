import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { rawResource, type Resource, Snapshot } from "../../mod.ts";
import { ALL_TYPES, type AnyType, type Type, TYPES } from "../protocol/transcript.ts";
import { type DiscoveryRequest, type OutgoingResponse, RejectionReason } from "../../src/stream/mod.ts";
import { edsCluster, routesOf, toCluster } from "../clients/make.ts";

/** Resources by type: names with their content. */
export type Contents = { readonly [T in Type]?: Readonly<Record<string, string>> };

/** A snapshot of resources as `make` makes them. */
export function snapshotOf(contents: Contents): Snapshot {
  const resources = Object.entries(contents).flatMap(([type, names]) =>
    Object.entries(names).map(([name, content]) => make(type as Type, name, content))
  );
  return new Snapshot({ resources });
}

/**
 * A resource without references; but a cluster with the content `eds` takes its endpoints from EDS, and a route
 * with the content `to name` leads to a cluster.
 */
export function make(type: AnyType, name: string, content: string): Resource {
  if (type === "CDS" && content === "eds") return edsCluster(name);
  if (type === "RDS" && content.startsWith("to ")) return routesOf(name, toCluster(content.slice(3)));
  const bytes = new BinaryWriter().tag(1, WireType.LengthDelimited).string(name)
    .tag(1000, WireType.LengthDelimited).string(content).finish();
  return rawResource(ALL_TYPES[type], name, bytes, { version: content });
}

/** A response as a stream would have sent it, without bytes. */
export function responseOf(
  serial: number,
  names: readonly string[] = [],
  removed: readonly string[] = [],
): OutgoingResponse {
  return {
    typeUrl: TYPES.RDS,
    nonce: `n${serial}`,
    version: `v${serial}`,
    frame: new Uint8Array(),
    resources: names.map((name) => make("RDS", name, "1")),
    removed,
    unknown: [],
    heartbeat: false,
    ttlMs: undefined,
    serial,
  };
}

/** A request with a nonce, and an error if it is a NACK. */
export function requestOf(nonce: string, error?: string): DiscoveryRequest {
  return {
    typeUrl: TYPES.RDS,
    nonce,
    error: error === undefined ? undefined : new RejectionReason(3, error),
    versionInfo: "",
    names: [],
    unsubscribe: [],
    initialVersions: new Map(),
    node: undefined,
  };
}
