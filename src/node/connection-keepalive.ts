import type { ServerHttp2Session } from "node:http2";
import type { KeepaliveOptions } from "./listen-options.ts";
import { afterPatience } from "./patience.ts";

/** The part of a session that is kept alive. */
type Session = Pick<ServerHttp2Session, "destroyed" | "destroy" | "ping"> & {
  once(event: "close", listener: () => void): unknown;
};

/** Pings a peer while the session is open, and destroys the session when a ping is not acknowledged in time. */
export function keepAlive(session: Session, { intervalMs, timeoutMs }: KeepaliveOptions): void {
  let cancel: (() => void) | undefined;
  const interval = setInterval(() => {
    if (cancel !== undefined || session.destroyed) return;
    cancel = afterPatience(timeoutMs, () => session.destroy());
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
