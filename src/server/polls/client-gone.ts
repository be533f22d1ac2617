/** There is nobody left to answer. It is no `ConnectError`, of which there is no telling what it is. */
export class ClientGone extends Error {
  override readonly name = "ClientGone";

  constructor(cause?: unknown) {
    super("Client has gone", { cause });
  }
}
