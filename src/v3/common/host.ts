import type { JsonObject } from "@bufbuild/protobuf";
import type { HealthStatus } from "../enums.ts";
import { ipv4End, isIp } from "./ip-address.ts";

/**
 * One endpoint of a cluster: `"10.0.0.1:8080"`, `"[::1]:8080"`, or with more properties.
 */
export type Host = string | HostOptions;

/** One endpoint of a cluster, with its properties. */
export interface HostOptions {
  /** An IP address; in a cluster that resolves by DNS also a name. IPv6 without brackets. */
  readonly address: string;
  /** The port, from 1 to 65,535. */
  readonly port: number;
  /** The share of the host among those of its locality, at least 1. Default: 1. */
  readonly weight?: number;
  /** What is known of its health. Default: unknown, so that it receives requests. */
  readonly health?: HealthStatus;
  /** Where it is: `"region"`, `"region/zone"`, `"region/zone/sub-zone"`, or with a weight. Default: nowhere. */
  readonly locality?: string | HostLocality;
  /**
   * 0 for the first choice, 1 for the next. For grpc-java the hosts of each priority need a locality of their own, since it
   * knows each locality once. Default: 0.
   */
  readonly priority?: number;
  /** The name of the host, for health checks, `Host` rewriting and SNI. Default: none. */
  readonly hostname?: string;
  /** Metadata by filter, such as `{ "envoy.lb": { canary: true } }` for subsets. Default: none. */
  readonly metadata?: HostMetadata;
}

type Metadata = Readonly<Record<string, JsonObject>>;
/** Plain objects of JSON, by the name of the filter that reads them. */
export type HostMetadata = Metadata;

/** The place of a host. */
export interface HostLocality {
  /** The name of the region. Default: empty. */
  readonly region?: string;
  /** The name of the zone in the region. Default: empty. */
  readonly zone?: string;
  /** The name of the place in the zone. Default: empty. */
  readonly subZone?: string;
  /** The share of the locality among those of its priority. Default: the sum of the weights of its hosts. */
  readonly weight?: number;
}

/** Which addresses hosts may have: IP addresses only, or names as well. */
export type AddressKind = "ip" | "name";

/** Where a host is given: the name of the cluster, which errors have, and which addresses it may have there. */
export interface HostPlace {
  readonly cluster: string;
  readonly kind: AddressKind;
}

/**
 * Reads a host, and checks it.
 *
 * @throws TypeError or RangeError that says what to write instead
 */
export function hostOf(host: Host, { cluster, kind }: HostPlace): HostOptions {
  const options = typeof host === "string" ? split(host, cluster) : host;
  const { address, port, weight } = options;
  if (!(Number.isInteger(port) && port >= 1 && port <= 65_535)) throw unusablePort(port, host, cluster);
  if (weight !== undefined) checkWeight(weight, `host ${quoted(host)} of "${cluster}"`);
  if (!isIp(address) && !(kind === "name" && NAME.test(address))) throw unusableAddress(host, { cluster, kind });
  return options;
}

/** The host as a text. */
export function textOf({ address, port }: HostOptions): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** @throws RangeError unless it is a whole number from 1 on that fits into 32 bits */
export function checkWeight(weight: number, of: string): void {
  if (Number.isInteger(weight) && weight >= 1 && weight <= 0xffff_ffff) return;
  throw new RangeError(
    `Cannot use ${weight} as the weight of ${of}: it must be a whole number above 0; ` +
      "leave out the host, or set its health to DRAINING, for no requests",
  );
}

function split(text: string, cluster: string): HostOptions {
  const end = ipv4End(text);
  const colon = end > 0 && text[end] === ":" ? end : text.lastIndexOf(":");
  const port = text.slice(colon + 1);
  const address = colon === end ? text.slice(0, end) : addressOf(text.slice(0, Math.max(colon, 0)), text, cluster);
  if (address === "" || !PORT.test(port)) {
    throw unreadable(text, cluster, 'write "address:port", such as "10.0.0.1:8080"');
  }
  return { address, port: Number(port) };
}

function addressOf(address: string, text: string, cluster: string): string {
  if (address.startsWith("[") && address.endsWith("]")) return address.slice(1, -1);
  if (address.includes("//")) {
    throw unreadable(text, cluster, 'leave out the scheme and the path, as in "10.0.0.1:8080"');
  }
  if (address.includes(":")) throw unreadable(text, cluster, 'an IPv6 address has brackets: "[::1]:8080"');
  return address;
}

/** Without leading zeros, so that a host has one text. */
const PORT = /^(0|[1-9]\d{0,8})$/;
const NAME = /^[\w-]+(\.[\w-]+)*\.?$/;

function unreadable(text: string, cluster: string, advice: string): TypeError {
  return new TypeError(`Cannot read the host "${text}" of "${cluster}": ${advice}`);
}

function unusablePort(port: number, host: Host, cluster: string): RangeError {
  return new RangeError(
    `Cannot use port ${port} of host ${quoted(host)} of "${cluster}": it must be a whole number from 1 to 65,535`,
  );
}

function unusableAddress(host: Host, { cluster, kind }: HostPlace): TypeError {
  return new TypeError(
    `Cannot use the address of host ${quoted(host)} of "${cluster}": ` +
      (kind === "name"
        ? "it is neither an IP address nor a name"
        : 'clients accept IP addresses only here; use dnsCluster() for names, and "127.0.0.1" for this machine'),
  );
}

/** As it was given: a text that was taken apart by mistake would not be recognized in parts. */
function quoted(host: Host): string {
  return typeof host === "string" ? `"${host}"` : `"${host.address}"`;
}
