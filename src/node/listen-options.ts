import { checkOptions, type OptionNames } from "../resource/mod.ts";

/** Options of {@link listen}. */
export interface ListenOptions extends Partial<ConnectionLimits> {
  /**
   * The address to bind. Default: `127.0.0.1`, since configuration holds secrets. Any address that is not loopback
   * needs `tls`, or `insecure: true`.
   */
  readonly host?: string;
  /** The TCP port; 0 for any free one. Default: 18000. */
  readonly port?: number;
  /** Serve TLS. Default: plaintext HTTP/2 with prior knowledge (h2c). */
  readonly tls?: TlsOptions | TlsFiles | TlsLoader;
  /** Allows plaintext on an address that is not loopback. Default: false. */
  readonly insecure?: boolean;
  /** Streams on one connection. Default: 1000; Envoy opens one for each type that it does not get through ADS. */
  readonly maxStreamsPerConnection?: number;
  /**
   * Connections that wait to be accepted. Default: 65,535; the system may allow less. Node's default of 511 resets
   * connections when a fleet reconnects at once.
   */
  readonly backlog?: number;
  /**
   * Several threads or processes listen on the same port, and the system spreads connections over them. Needs Linux or
   * another system with `SO_REUSEPORT`. Default: false.
   */
  readonly reusePort?: boolean;
  /** The memory that one HTTP/2 session may use, in megabytes of 1,000,000 bytes. Default: 64. */
  readonly maxSessionMemoryMb?: number;
  /**
   * Finds connections whose peer has disappeared without closing them. Default: a ping each 30,000 ms, to be
   * acknowledged within 10,000 ms. `false`: no pings.
   */
  readonly keepalive?: KeepaliveOptions | false;
}

/** Limits of connections. */
export interface ConnectionLimits {
  /** Connections in all; further ones are refused. Default: 20,000. */
  readonly maxConnections: number;
  /** Connections from one address; further ones are refused. Set it higher behind a proxy of TCP. Default: 1,000. */
  readonly maxConnectionsPerAddress: number;
  /** How long a client may take until it speaks HTTP/2, the TLS handshake included, in milliseconds. Default: 10,000. */
  readonly handshakeTimeoutMs: number;
  /** How long a connection may be without a stream or poll, in milliseconds. Default: 60,000. */
  readonly idleTimeoutMs: number;
  /**
   * How old a connection may become, in milliseconds. Then it gets GOAWAY, and its streams end with UNAVAILABLE one after
   * another, so that clients connect again and spread over the replicas that there are by then. Default: Infinity.
   */
  readonly maxConnectionAgeMs: number;
  /** How long the streams of such a connection may take to end, in milliseconds; then it is closed. Default: 10,000. */
  readonly maxConnectionAgeGraceMs: number;
  /**
   * By what part of it an age is longer or shorter, at random, so that connections which were opened together do not end
   * together. Default: 0.1.
   */
  readonly maxConnectionAgeJitter: number;
}

/** All options of {@link listen}. */
const OPTION_NAMES: OptionNames<ListenOptions> = {
  backlog: true,
  handshakeTimeoutMs: true,
  host: true,
  idleTimeoutMs: true,
  insecure: true,
  keepalive: true,
  maxConnectionAgeGraceMs: true,
  maxConnectionAgeJitter: true,
  maxConnectionAgeMs: true,
  maxConnections: true,
  maxConnectionsPerAddress: true,
  maxSessionMemoryMb: true,
  maxStreamsPerConnection: true,
  port: true,
  reusePort: true,
  tls: true,
};

const TLS_NAMES: OptionNames<TlsOptions & TlsFiles & TlsLoader> = {
  ca: true,
  caFile: true,
  cert: true,
  certFile: true,
  key: true,
  keyFile: true,
  load: true,
  onReloadError: true,
  reloadMs: true,
};

/** @throws TypeError for an option that is not known */
export function checkNames(options: ListenOptions): void {
  checkOptions("listen", options, OPTION_NAMES);
  if (options.tls !== undefined) checkOptions("use tls", options.tls, TLS_NAMES);
}

/** Fills in the defaults of limits. */
export function connectionLimits(options: Partial<ConnectionLimits>): ConnectionLimits {
  return {
    maxConnections: options.maxConnections ?? 20_000,
    maxConnectionsPerAddress: options.maxConnectionsPerAddress ?? 1_000,
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? 10_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 60_000,
    maxConnectionAgeMs: options.maxConnectionAgeMs ?? Infinity,
    maxConnectionAgeGraceMs: options.maxConnectionAgeGraceMs ?? 10_000,
    maxConnectionAgeJitter: options.maxConnectionAgeJitter ?? 0.1,
  };
}

/** TLS 1.2 or newer, and HTTP/2 only. All values are PEM. */
export interface TlsOptions {
  /** The private key of the server. */
  readonly key: string | Uint8Array;
  /** The certificate of the server, with its chain. */
  readonly cert: string | Uint8Array;
  /** Authorities of client certificates. If given, a client without a certificate of theirs is refused. */
  readonly ca?: string | Uint8Array;
}

/**
 * The same from files in PEM, which are read again: new connections get what they hold by then, open ones stay. On
 * Node and Deno.
 */
export interface TlsFiles extends TlsReload {
  /** The path of the private key of the server. */
  readonly keyFile: string;
  /** The path of the certificate of the server, with its chain. */
  readonly certFile: string;
  /** The path of the authorities of client certificates. If given, a client without a certificate of theirs is refused. */
  readonly caFile?: string;
}

/** The same from a function, such as one that asks a secret store. */
export interface TlsLoader extends TlsReload {
  /** Loads the certificates. What it throws leaves the former ones in use; the first time it makes `listen()` reject. */
  load(): TlsOptions | Promise<TlsOptions>;
}

/** When certificates are loaded again. */
export interface TlsReload {
  /** How often, in milliseconds; Infinity for never. Default: 60,000. See also {@link RunningServer.reloadTls}. */
  readonly reloadMs?: number;
  /** Called when that fails, once for each problem: the former certificates stay in use. Default: `console.error`. */
  readonly onReloadError?: (error: unknown) => void;
}

/** When to give up on a connection. */
export interface KeepaliveOptions {
  /** Milliseconds between pings. */
  readonly intervalMs: number;
  /** Milliseconds to wait for the acknowledgement of a ping. */
  readonly timeoutMs: number;
}

/**
 * @throws TypeError - the configuration would be readable from other machines, and no option allows that
 */
export function checkExposure({ host = "127.0.0.1", tls, insecure = false }: ListenOptions): void {
  if (tls !== undefined || insecure || isLoopback(host)) return;
  throw new TypeError(
    `Cannot listen on ${host}: it is not a loopback address and there is no TLS; give tls, or insecure: true`,
  );
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}
