import type {
  EndpointSchema,
  LocalityLbEndpointsSchema,
} from "../../../gen/envoy/config/endpoint/v3/endpoint_components_pb.ts";
import { HostEndpoint } from "../host-endpoint.ts";
import type { Fields } from "./fields.ts";
import { type AddressKind, checkWeight, type Host, type HostLocality, hostOf, type HostOptions } from "./host.ts";
import { SeenHosts } from "./seen-hosts.ts";

type Group = Fields<typeof LocalityLbEndpointsSchema>;
type Endpoint = Fields<typeof EndpointSchema>;

/**
 * Groups hosts by priority and locality, as plain fields without message objects.
 *
 * Clients of gRPC ignore a locality without a weight, reject one without a name (which may be empty), reject priorities
 * with gaps between them, and reject a host that is given twice. All of that is seen to here.
 */
export function endpointGroups(cluster: string, hosts: readonly Host[], kind: AddressKind): Group[] {
  // In JavaScript: a text is an iterable of its characters.
  if (typeof hosts === "string") {
    throw new TypeError(`Cannot use "${hosts}" as hosts of "${cluster}": give a list, ["${hosts}"]`);
  }
  const groups = new Map<string, Collected>();
  const seen = new SeenHosts();
  const place = { cluster, kind };
  let last: Collected | undefined;
  for (const each of hosts) {
    const host = hostOf(each, place);
    const { address, port, priority = 0, weight = 1 } = host;
    if (seen.has(host)) {
      throw new TypeError(
        `Cannot use the host "${address}", port ${port}, twice in "${cluster}": clients of gRPC reject that; ` +
          "give it once, with a weight",
      );
    }
    // Most hosts are of the same locality as the one before.
    if (last === undefined || last.given !== host.locality || last.priority !== priority) {
      last = groupOf(groups, host, priority);
    }
    last.sum += weight;
    last.lbEndpoints.push(lbEndpointOf(host));
  }
  return inOrder([...groups.values()]);
}

interface Collected {
  /** The locality of the first host, as it was given. */
  readonly given: HostOptions["locality"];
  readonly locality: { readonly region: string; readonly zone: string; readonly subZone: string };
  readonly priority: number;
  readonly lbEndpoints: LbEndpoint[];
  weight: number | undefined;
  /** Of the weights of its hosts. */
  sum: number;
}

type LbEndpoint = NonNullable<Group["lbEndpoints"]>[number];

/** By priority, without gaps: if the first choice has no hosts left, the next one is the first. */
function inOrder(groups: Collected[]): Group[] {
  if (groups.length === 1) return [groupFrom(groups[0]!, 0)];
  const priorities = [...new Set(groups.map(({ priority }) => priority))].sort((a, b) => a - b);
  if (priorities.length > 1) groups.sort((a, b) => a.priority - b.priority);
  return groups.map((group) => groupFrom(group, priorities.indexOf(group.priority)));
}

function groupFrom({ locality, weight, sum, lbEndpoints }: Collected, priority: number): Group {
  return { locality, loadBalancingWeight: weight ?? sum, lbEndpoints, priority };
}

function groupOf(groups: Map<string, Collected>, { locality: given }: HostOptions, priority: number): Collected {
  const { region = "", zone = "", subZone = "", weight } = localityOf(given);
  const key = `${priority}/${region}/${zone}/${subZone}`;
  let group = groups.get(key);
  if (group === undefined) {
    checkPriority(priority);
    const locality = { region, zone, subZone };
    groups.set(key, group = { given, locality, priority, lbEndpoints: [], weight: undefined, sum: 0 });
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
  return group;
}

const NOWHERE: HostLocality = {};

/** The last locality that was given as a text: a fleet has a few of them, and many hosts in each. */
let lastText = "";
let lastLocality: HostLocality = { region: "", zone: "", subZone: "" };

function localityOf(locality: string | HostLocality | undefined): HostLocality {
  if (typeof locality !== "string") return locality ?? NOWHERE;
  if (locality === lastText) return lastLocality;
  const [region = "", zone = "", ...rest] = locality.split("/");
  lastText = locality;
  return lastLocality = { region, zone, subZone: rest.join("/") };
}

function checkPriority(priority: number): void {
  if (Number.isInteger(priority) && priority >= 0 && priority <= 128) return;
  throw new RangeError(`Cannot use ${priority} as a priority: it must be a whole number from 0 to 128`);
}

function lbEndpointOf(host: HostOptions): LbEndpoint {
  const { address, port, weight, health, hostname, metadata } = host;
  if (hostname === undefined && metadata === undefined) return new HostEndpoint(address, port, host);
  const portSpecifier = { case: "portValue", value: port } as const;
  const endpoint: Endpoint = { address: { address: { case: "socketAddress", value: { address, portSpecifier } } } };
  const lbEndpoint: LbEndpoint = { hostIdentifier: { case: "endpoint", value: endpoint } };
  if (hostname !== undefined) endpoint.hostname = hostname;
  if (health !== undefined) lbEndpoint.healthStatus = health;
  if (weight !== undefined) lbEndpoint.loadBalancingWeight = weight;
  if (metadata !== undefined) lbEndpoint.metadata = { filterMetadata: { ...metadata } };
  return lbEndpoint;
}
