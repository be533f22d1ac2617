import type { Resource } from "../../mod.ts";
import { ads, cluster, endpoints, hostEndpoint, locality, secret } from "../../src/v3/mod.ts";
import type { SnapshotSpec } from "./server-command.ts";

/** The resources of a snapshot; with `eds`, clusters refer to endpoints of their own names. */
export function resourcesOf(spec: SnapshotSpec & { readonly eds?: boolean }): Resource[] {
  const { key, revision = 1, clusters = 10, clusterBytes = 50, assignments = 10, endpoints: each = 1 } = spec;
  const resources: Resource[] = [];
  for (let i = 0; i < clusters; i++) {
    const altStatName = `${key} ${revision} `.padEnd(clusterBytes, "x");
    resources.push(cluster({
      name: `c${i}`,
      altStatName,
      ...spec.eds && { clusterDiscoveryType: { case: "type", value: 3 }, edsClusterConfig: { edsConfig: ads() } },
    }));
  }
  for (let i = 0; i < assignments; i++) {
    const hosts = Array.from({ length: each }, (_, j) => hostEndpoint(`10.${j >> 16}.${j >> 8 & 255}.${j & 255}`, 80));
    resources.push(endpoints({ clusterName: `e${i}`, endpoints: [locality(hosts, { priority: 0 })] }));
  }
  if (spec.secret) {
    resources.push(secret({
      name: "s",
      type: { case: "tlsCertificate", value: { privateKey: { specifier: { case: "inlineString", value: "canary" } } } },
    }));
  }
  return resources;
}
