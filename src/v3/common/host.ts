import type { JsonObject } from "@bufbuild/protobuf";
import type { HealthStatus } from "../enums.ts";

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

/**
 * Reads a host, and checks it.
 *
 * @throws TypeError or RangeError that says what to write instead
 */
export function hostOf(host: Host, kind: AddressKind): HostOptions {
  const options = typeof host === "string" ? split(host) : host;
  checkPort(options.port, host);
  if (options.weight !== undefined) checkWeight(options.weight, `host ${textOf(host)}`);
  checkAddress(options.address, kind);
  return options;
}

/** @throws RangeError unless it is a whole number from 1 on that fits into 32 bits */
export function checkWeight(weight: number, of: string): void {
  if (Number.isInteger(weight) && weight >= 1 && weight <= 0xffff_ffff) return;
  throw new RangeError(
    `Cannot use ${weight} as the weight of ${of}: it must be a whole number above 0; leave out the host, or set its health to DRAINING, for no requests`,
  );
}

function split(text: string): HostOptions {
  if (text.includes("//")) throw unreadable(text, 'leave out the scheme and the path, as in "10.0.0.1:8080"');
  const colon = text.lastIndexOf(":");
  const port = text.slice(colon + 1);
  let address = text.slice(0, Math.max(colon, 0));
  if (address.startsWith("[") && address.endsWith("]")) address = address.slice(1, -1);
  else if (address.includes(":")) throw unreadable(text, 'an IPv6 address has brackets: "[::1]:8080"');
  if (address === "" || !DIGITS.test(port)) throw unreadable(text, 'write "address:port", such as "10.0.0.1:8080"');
  return { address, port: Number(port) };
}

const DIGITS = /^\d{1,9}$/;

function unreadable(text: string, advice: string): TypeError {
  return new TypeError(`Cannot read the host "${text}": ${advice}`);
}

function checkPort(port: number, host: Host): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return;
  throw new RangeError(`Cannot use port ${port} of host ${textOf(host)}: it must be a whole number from 1 to 65,535`);
}

function textOf(host: Host): string {
  return typeof host === "string" ? `"${host}"` : `"${host.address}"`;
}

function checkAddress(address: string, kind: AddressKind): void {
  if (isIp(address)) return;
  if (kind === "name") {
    if (NAME.test(address)) return;
    throw new TypeError(`Cannot use "${address}" as the address of a host: it is neither an IP address nor a name`);
  }
  throw new TypeError(
    `Cannot use "${address}" as the address of a host: clients accept IP addresses only here; ` +
      `use dnsCluster() for names, and "127.0.0.1" for this machine`,
  );
}

const NAME = /^[\w-]+(\.[\w-]+)*\.?$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

function isIp(address: string): boolean {
  if (IPV4.test(address)) return true;
  return address.includes(":") && URL.canParse(`http://[${address}]`);
}
