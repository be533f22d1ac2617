import type { LocalityLbEndpointsSchema } from "../../../gen/envoy/config/endpoint/v3/endpoint_components_pb.ts";
import type { MessageInitShape } from "../../resource/mod.ts";
import { type AddressKind, checkWeight, type Host, type HostLocality, hostOf, type HostOptions } from "./host.ts";

type Group = Exclude<MessageInitShape<typeof LocalityLbEndpointsSchema>, { $typeName: string }>;

/**
 * Groups hosts by priority and locality, as plain fields without message objects.
 *
 * Clients of gRPC ignore a locality without a weight, reject one without a name (which may be empty), reject priorities
 * with gaps between them, and reject a host that is given twice. All of that is seen to here.
 */
export function endpointGroups(cluster: string, hosts: Iterable<Host>, kind: AddressKind): Group[] {
  // A text is an iterable of its characters.
  if (typeof hosts === "string") throw new TypeError(`Cannot use "${hosts}" as hosts: give a list, ["${hosts}"]`);
  const groups = new Map<string, Collected>();
  const seen = new Set<string>();
  for (const each of hosts) {
    const host = hostOf(each, kind);
    const { address, port, priority = 0 } = host;
    const id = `${address} ${port}`;
    if (seen.has(id)) {
      throw new TypeError(
        `Cannot use the host "${address}", port ${port}, twice in "${cluster}": clients of gRPC reject that; ` +
          "give it once, with a weight",
      );
    }
    seen.add(id);
    collect(groups, host, priority);
  }
  const priorities = [...new Set(Array.from(groups.values(), ({ priority }) => priority))].sort((a, b) => a - b);
  return [...groups.values()].sort((a, b) => a.priority - b.priority).map(({ locality, weight, hosts, priority }) => ({
    locality,
    loadBalancingWeight: weight ?? hosts.reduce((sum, { weight = 1 }) => sum + weight, 0),
    lbEndpoints: hosts.map(lbEndpointOf),
    // Without gaps: if the first choice has no hosts left, the next one is the first.
    priority: priorities.indexOf(priority),
  }));
}

interface Collected {
  readonly locality: { readonly region: string; readonly zone: string; readonly subZone: string };
  readonly priority: number;
  weight: number | undefined;
  readonly hosts: HostOptions[];
}

function collect(groups: Map<string, Collected>, host: HostOptions, priority: number): void {
  const { region = "", zone = "", subZone = "", weight } = localityOf(host.locality);
  const key = `${priority}/${region}/${zone}/${subZone}`;
  let group = groups.get(key);
  if (group === undefined) {
    checkPriority(priority);
    groups.set(key, group = { locality: { region, zone, subZone }, priority, weight: undefined, hosts: [] });
  }
  if (weight !== undefined && weight !== group.weight) {
    const name = [region, zone, subZone].filter((part) => part !== "").join("/");
    checkWeight(weight, `locality "${name}"`);
    if (group.weight !== undefined) {
      throw new TypeError(
        `Cannot use two weights of locality "${name}", ${group.weight} and ${weight}: give each of its hosts the same`,
      );
    }
    group.weight = weight;
  }
  group.hosts.push(host);
}

const NOWHERE: HostLocality = {};

function localityOf(locality: string | HostLocality | undefined): HostLocality {
  if (typeof locality !== "string") return locality ?? NOWHERE;
  const [region = "", zone = "", ...rest] = locality.split("/");
  return { region, zone, subZone: rest.join("/") };
}

function checkPriority(priority: number): void {
  if (Number.isInteger(priority) && priority >= 0 && priority <= 128) return;
  throw new RangeError(`Cannot use ${priority} as a priority: it must be a whole number from 0 to 128`);
}

function lbEndpointOf(host: HostOptions): NonNullable<Group["lbEndpoints"]>[number] {
  const { address, port, weight, health, hostname, metadata } = host;
  const portSpecifier = { case: "portValue", value: port } as const;
  return {
    hostIdentifier: {
      case: "endpoint",
      value: {
        address: { address: { case: "socketAddress", value: { address, portSpecifier } } },
        ...hostname !== undefined && { hostname },
      },
    },
    ...health !== undefined && { healthStatus: health },
    ...weight !== undefined && { loadBalancingWeight: weight },
    ...metadata !== undefined && { metadata: { filterMetadata: { ...metadata } } },
  };
}
