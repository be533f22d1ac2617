/** The client disconnected before its poll had a response. Not a `ConnectError`: handlers send those to the client. */
export class ClientDisconnected extends Error {
  override readonly name = "ClientDisconnected";

  constructor(cause?: unknown) {
    super("Client has disconnected", { cause });
  }
}
