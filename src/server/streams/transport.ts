import type { FailedConnection } from "../log-entries.ts";
import type { ClientOrigin } from "../identity/client-origin.ts";
import { type MutableConnectionCounts, noConnections } from "../connection-counts.ts";
import { type HeaderLimits, headerLimits, type HeaderSize } from "../limits/header-limits.ts";
import { LimitCounter } from "../limits/limit-counts.ts";

/** What a transport provides: the response side of one HTTP exchange. */
export interface StreamTransport {
  /** Sends a frame. @returns whether another may follow at once; if not, {@link ServedStream.writable} says when */
  write(frame: Uint8Array): boolean;
  /** Ends the response, once, after the frames that were written; nothing is written afterwards. */
  end(trailer: Headers): void;
  /** Drops frames that have not been sent. */
  abort(): void;
  /** Reads no more of the request, but what is on its way. */
  pause(): void;
  /** Reads on. */
  resume(): void;
  /** The bytes of the request that have arrived and were not read yet, as far as the transport knows. */
  readonly unreadBytes: number;
  /** Leads the client elsewhere: its next stream is to be opened on another connection. */
  leave(): void;
}

/** What a transport may call: one gRPC stream. Nothing here throws. */
export interface ServedStream {
  /** Whether the stream has ended, so that requests are not read any more. */
  readonly ended: boolean;
  /** Takes a chunk of the request body, which is not kept. */
  push(chunk: Uint8Array): void;
  /** The request body has ended, perhaps because the client is about to reset the request. */
  bodyEnded(): void;
  /** The transport takes the next frame. */
  writable(): void;
  /** The transport has sent a part of a frame. */
  progress(): void;
  /** The connection is to be closed: the stream ends with UNAVAILABLE, so that its client connects again. */
  retire(): void;
  /** The transport has sent the oldest frame that it was given. */
  sent(): void;
  /** The client, or the connection to it, has been lost: frames that are not sent yet never will be. */
  disconnected(reason?: unknown): void;
}

/** A request for a discovery stream, as a transport hands it over. */
export interface IncomingStream {
  readonly transport: StreamTransport;
  /** The header `grpc-timeout`, if there is one. */
  readonly timeout: string | null;
  readonly headerSize: HeaderSize;
  readonly client: ClientOrigin;
}

/** Opens a stream. Does not throw. */
export type OpenStream = (incoming: IncomingStream) => ServedStream;

/** How streams of a method are opened, by its path; undefined where the path is not that of a streaming method. */
export type AcceptStreams = (path: string) => OpenStream | undefined;

/** The property under which a server offers {@link AcceptStreams} to the transports of this package. */
export const ACCEPTOR: unique symbol = Symbol("ts-control-plane.acceptor");

/**
 * A server that opens streams for a transport without a router in between, whose adapters spend several promises on
 * each chunk of bytes.
 */
export interface StreamAcceptor {
  readonly [ACCEPTOR]: {
    /** The server itself: a wrapper that copies or inherits the property may have routes of its own. */
    readonly server: object;
    readonly accept: AcceptStreams;
    /** For whatever accepts connections. */
    readonly connections: MutableConnectionCounts;
    /** Logs a connection that ended before a stream. */
    readonly onFailed: (connection: FailedConnection) => void;
    readonly limits: LimitCounter;
    readonly headers: HeaderLimits;
  };
}

/** Where the connections of a server are counted, also those of a wrapper that has the property. */
export function connectionCountsOf(
  server: object & Partial<StreamAcceptor>,
): Pick<StreamAcceptor[typeof ACCEPTOR], "connections" | "limits" | "onFailed"> {
  return server[ACCEPTOR] ?? { connections: noConnections(), limits: new LimitCounter(), onFailed() {} };
}

/** The limits of headers that a server has, also for a wrapper that has the property, and where they are counted. */
export function headerLimitsOf(
  server: object & Partial<StreamAcceptor>,
): Pick<StreamAcceptor[typeof ACCEPTOR], "headers" | "limits"> {
  return server[ACCEPTOR] ?? { headers: headerLimits({}), limits: new LimitCounter() };
}

/** How a server opens streams past a router; undefined for a wrapper, which is served by its own `routes`. */
export function acceptorOf(server: object & Partial<StreamAcceptor>): AcceptStreams | undefined {
  const acceptor = server[ACCEPTOR];
  return acceptor?.server === server ? acceptor.accept : undefined;
}
