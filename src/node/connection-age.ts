import type { ServerHttp2Session } from "node:http2";
import { endOverTime, type ServedStream } from "../server/mod.ts";
import type { ConnectionLimits } from "./listen-options.ts";

/** The part of a session that ages. */
export type AgingSession = Pick<ServerHttp2Session, "destroyed" | "close"> & {
  once(event: "close", listener: () => void): unknown;
};

/** What {@link ConnectionAge} does beside ending streams. */
export interface AgingConnection {
  /** It has reached its age. */
  onAged(): void;
  /** Drops it. */
  destroy(): void;
}

/** Ends connections that have reached an age: GOAWAY first, so that what their clients open next is elsewhere. */
export class ConnectionAge {
  readonly #limits: ConnectionLimits;
  /** The streams of each session that ages. */
  readonly #streams = new WeakMap<object, Set<ServedStream>>();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** Ends a connection at its age. */
  limit(session: AgingSession, connection: AgingConnection): void {
    const { maxConnectionAgeMs, maxConnectionAgeJitter } = this.#limits;
    if (maxConnectionAgeMs === Infinity) return;
    const streams = new Set<ServedStream>();
    this.#streams.set(session, streams);
    const ageMs = maxConnectionAgeMs * (1 + maxConnectionAgeJitter * (2 * Math.random() - 1));
    const timer = setTimeout(() => {
      connection.onAged();
      void this.#end(session, streams, connection);
    }, Math.min(ageMs, MAX_TIMER_MS)).unref();
    session.once("close", () => clearTimeout(timer));
  }

  /** A stream of a session has opened. */
  opened(session: object, stream: ServedStream, http: { once(event: "close", listener: () => void): unknown }): void {
    const streams = this.#streams.get(session);
    if (streams === undefined) return;
    streams.add(stream);
    http.once("close", () => streams.delete(stream));
  }

  async #end(session: AgingSession, streams: Set<ServedStream>, connection: AgingConnection): Promise<void> {
    const overMs = this.#limits.maxConnectionAgeGraceMs;
    const late = setTimeout(() => connection.destroy(), overMs + LINGER_MS).unref(); // with what does not end
    session.once("close", () => clearTimeout(late));
    session.close();
    await endOverTime([...streams], (stream) => stream.retire(), { overMs, isNeeded: () => !session.destroyed });
  }
}

/** For the last status to be read. */
const LINGER_MS = 1000;

/** The longest that a timer can hold. */
const MAX_TIMER_MS = 2 ** 31 - 1;
