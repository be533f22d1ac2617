import { createHash } from "node:crypto";
import { fromBinary } from "@bufbuild/protobuf";
import { ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { ClusterLoadAssignmentSchema } from "../../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import type { Resource, Snapshot } from "../../../mod.ts";
import { cluster, CLUSTER_TYPE, ENDPOINT_TYPE, endpoints } from "../../../src/v3/mod.ts";

/** What a snapshot was published as. */
export interface Marked {
  readonly mark: number;
  readonly size: number;
}

/** A cluster and its endpoints for each name, all with the same mark, so that parts of two publications show. */
export function marked({ mark, size }: Marked): Resource[] {
  const names = Array.from({ length: size }, (_, i) => `c${i}`);
  return [
    ...names.map((name) => cluster({ name, altStatName: `${mark}` })),
    ...names.map((clusterName) => endpoints({ clusterName, policy: { overprovisioningFactor: mark } })),
  ];
}

/** The mark of a snapshot, 0 for none. @throws if it has parts of several publications */
export function markOf(snapshot: Snapshot | undefined): Marked {
  if (snapshot === undefined) return { mark: 0, size: 0 };
  const clusters = [...snapshot.resources(CLUSTER_TYPE).values()];
  const assignments = [...snapshot.resources(ENDPOINT_TYPE).values()];
  const marks = new Set([
    ...clusters.map(({ bytes }) => Number(fromBinary(ClusterSchema, bytes).altStatName)),
    ...assignments.map(({ bytes }) => fromBinary(ClusterLoadAssignmentSchema, bytes).policy!.overprovisioningFactor!),
  ]);
  if (marks.size > 1) throw new Error(`a snapshot has parts of the publications ${[...marks].join(", ")}`);
  if (clusters.length !== assignments.length) {
    throw new Error(`a snapshot has ${clusters.length} clusters and ${assignments.length} assignments`);
  }
  return { mark: [...marks][0] ?? 0, size: clusters.length };
}

/** The bytes and versions of a snapshot, as a hash. */
export function textOf(snapshot: Snapshot | undefined): string {
  const hash = createHash("sha256");
  for (const typeUrl of snapshot?.types ?? []) {
    hash.update(`${typeUrl} ${snapshot!.version(typeUrl)}\n`);
    const resources = [...snapshot!.resources(typeUrl).values()].sort((a, b) => a.name < b.name ? -1 : 1);
    for (const { name, version, bytes } of resources) hash.update(`${name} ${version}\n`).update(bytes);
  }
  return hash.digest("hex");
}
