import type { ConsumerMessages } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";

/**
 * Ends the messages of a watch where their connection is interrupted, or where the server sends no heartbeats. Whether
 * what comes afterwards is whole is found by a new watch.
 */
export class Interruption {
  /** Why it was interrupted. */
  error: Error | undefined = undefined;
  readonly #statuses: { stop?(): void }[] = [];
  #messages: ConsumerMessages | undefined = undefined;
  #forget = () => {};

  /** Looks at a connection from now on. */
  constructor(connection: NatsConnection) {
    this.#follow(connection.status(), (type) => {
      if (type === "disconnect" || type === "staleConnection" || type === "close") {
        this.#fail("The connection to the server of NATS is interrupted");
      }
    });
  }

  /** Ends these messages, at once if it was interrupted already. */
  of(messages: ConsumerMessages, signal: AbortSignal): void {
    this.#messages = messages;
    this.#follow(messages.status(), (type) => {
      if (type === "heartbeats_missed") this.#fail("The server of NATS sends no heartbeats");
      if (type === "consumer_not_found" || type === "consumer_deleted" || type === "stream_not_found") {
        this.#fail("The server of NATS has lost the watch");
      }
    });
    const end = () => void messages.close();
    signal.addEventListener("abort", end);
    this.#forget = () => signal.removeEventListener("abort", end);
    if (signal.aborted || this.error !== undefined) end();
  }

  /** Ends everything that was begun. */
  async close(): Promise<void> {
    this.#forget();
    for (const status of this.#statuses) status.stop?.();
    await this.#messages?.close();
  }

  #fail(why: string): void {
    this.error ??= new Error(why);
    void this.#messages?.close();
  }

  #follow(status: AsyncIterable<{ readonly type: string }>, call: (type: string) => void): void {
    this.#statuses.push(status as { stop?(): void });
    void (async () => {
      for await (const { type } of status) call(type);
    })().catch(() => {});
  }
}
