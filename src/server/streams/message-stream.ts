/** What a {@link GrpcStream} carries: messages in both directions, without their framing. */
export interface MessageStream {
  /** Takes in one message, which is not kept. @throws ConnectError, ProtocolError if the stream has to be ended */
  receive(message: Uint8Array): void;
  /** The next message to send, framed; undefined for none now. @param now - in milliseconds, of `performance.now()` */
  next(now: number): { readonly frame: Uint8Array } | undefined;
  /** When to call {@link next} though nothing happens; undefined for never. */
  readonly dueAt: number | undefined;
  /** The stream has ended. Called once. */
  close(): void;
  /**
   * Whether the stream ends, once {@link next} has nothing to send. Default: where the client has half-closed it.
   *
   * @throws ConnectError if it has half-closed the stream too early
   */
  isComplete?(halfClosed: boolean): boolean;
}
