import type { Socket } from "node:net";
import type { ConnectionLimits } from "./listen-options.ts";

/**
 * Counts connections, in all and of each address.
 *
 * Invariant: `#ofAddress` has the addresses with a connection, and no other.
 */
export class ConnectionCounter {
  readonly #limits: Pick<ConnectionLimits, "maxConnections" | "maxConnectionsPerAddress">;
  readonly #ofAddress = new Map<string, number>();
  #open = 0;

  constructor(limits: Pick<ConnectionLimits, "maxConnections" | "maxConnectionsPerAddress">) {
    this.#limits = limits;
  }

  /** Counts a connection until it closes. @returns false if it is one too many, and not counted */
  add(socket: Pick<Socket, "remoteAddress" | "once">): boolean {
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    const { remoteAddress: address = "" } = socket;
    const ofAddress = this.#ofAddress.get(address) ?? 0;
    if (this.#open >= maxConnections || ofAddress >= maxConnectionsPerAddress) return false;
    this.#open++;
    this.#ofAddress.set(address, ofAddress + 1);
    socket.once("close", () => this.#remove(address));
    return true;
  }

  #remove(address: string): void {
    this.#open--;
    const rest = this.#ofAddress.get(address)! - 1;
    if (rest > 0) this.#ofAddress.set(address, rest);
    else this.#ofAddress.delete(address);
  }
}
