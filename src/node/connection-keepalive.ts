import type { ServerHttp2Session } from "node:http2";
import type { KeepaliveOptions } from "./listen-options.ts";
import { afterPatience } from "../server/mod.ts";

/** The part of a session that is kept alive. */
type Session = Pick<ServerHttp2Session, "destroyed" | "destroy" | "ping"> & {
  once(event: "close", listener: () => void): unknown;
};

/**
 * Pings a peer while the session is open, and destroys the session when a ping is not acknowledged in time.
 *
 * @param onDead - called then
 */
export function keepAlive(
  session: Session,
  { intervalMs, timeoutMs }: KeepaliveOptions,
  onDead: () => void = () => {},
): void {
  let cancel: (() => void) | undefined;
  const interval = setInterval(() => {
    if (cancel !== undefined || session.destroyed) return;
    cancel = afterPatience(timeoutMs, () => {
      onDead();
      session.destroy();
    });
    ping(session, () => {
      cancel?.();
      cancel = undefined;
    });
  }, intervalMs);
  interval.unref();
  session.once("close", () => {
    clearInterval(interval);
    cancel?.();
  });
}

function ping(session: Session, onAck: () => void): void {
  try {
    session.ping((error) => {
      if (error === null) onAck();
    });
  } catch {
    session.destroy(); // closing already
  }
}
