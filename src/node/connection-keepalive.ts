import type { ServerHttp2Session } from "node:http2";
import type { KeepaliveOptions } from "./listen-options.ts";

/** Pings a peer while the session is open, and destroys the session when a ping is not acknowledged in time. */
export function keepAlive(session: ServerHttp2Session, { intervalMs, timeoutMs }: KeepaliveOptions): void {
  let overdue: ReturnType<typeof setTimeout> | undefined;
  const interval = setInterval(() => {
    if (overdue !== undefined || session.destroyed) return;
    overdue = setTimeout(() => session.destroy(), timeoutMs);
    overdue.unref();
    ping(session, () => {
      clearTimeout(overdue);
      overdue = undefined;
    });
  }, intervalMs);
  interval.unref();
  session.once("close", () => {
    clearInterval(interval);
    clearTimeout(overdue);
  });
}

function ping(session: ServerHttp2Session, onAck: () => void): void {
  try {
    session.ping((error) => {
      if (error === null) onAck();
    });
  } catch {
    session.destroy(); // closing already
  }
}
