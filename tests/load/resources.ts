import { clusterInit } from "../../bench/resources.ts";
import type { Resource } from "../../mod.ts";
import { cluster, endpoints, hostEndpoint, routeConfiguration } from "../../src/v3/mod.ts";
import type { Part } from "./protocol.ts";

/** The resources of a part of a publication. */
export function resourcesOf({ kind, first, count, size, revision }: Part): Resource[] {
  return Array.from({ length: count }, (_, i) => MAKE[kind](first + i, size, revision));
}

type Make = (i: number, size: number, revision: number) => Resource;

const MAKE: Readonly<Record<Part["kind"], Make>> = {
  cluster: (i, size, revision) => cluster({ ...clusterInit(i, revision), altStatName: "x".repeat(size) }),
  endpoints: (i, size, revision) => {
    const lbEndpoints = Array.from({ length: size }, (_, j) => {
      return hostEndpoint(`10.${j >> 16}.${j >> 8 & 255}.${j & 255}`, 1 + revision % 65_535);
    });
    return endpoints({ clusterName: nameOf(i), endpoints: [{ lbEndpoints }] });
  },
  route: (i, size, revision) => {
    const headers = [{ header: { key: "x-revision", value: `${revision}` } }];
    const virtualHosts = [{ name: "x".repeat(size), domains: ["*"] }];
    return routeConfiguration({ name: nameOf(i), responseHeadersToAdd: headers, virtualHosts });
  },
};

/** The name of a resource of any kind. */
export function nameOf(i: number): string {
  return `cluster-${`${i}`.padStart(6, "0")}`;
}
