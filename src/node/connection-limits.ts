import type { Socket } from "node:net";
import type { ConnectionLimits } from "./listen-options.ts";

type ConnectionCounterLimits = Pick<ConnectionLimits, "maxConnections" | "maxConnectionsPerAddress">;

/**
 * Counts connections, in all and of each address.
 *
 * Invariant: `#ofAddress` has the addresses with a connection, and no other.
 */
export class ConnectionCounter {
  readonly #limits: ConnectionCounterLimits;
  readonly #ofAddress = new Map<string, number>();
  #open = 0;

  constructor(limits: ConnectionCounterLimits) {
    this.#limits = limits;
  }

  /** Counts a connection until it closes. @returns the limit that it exceeds: then it is not counted */
  add(socket: Pick<Socket, "remoteAddress" | "once">): keyof ConnectionCounterLimits | undefined {
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    const { remoteAddress: address = "" } = socket;
    const ofAddress = this.#ofAddress.get(address) ?? 0;
    if (this.#open >= maxConnections) return "maxConnections";
    if (ofAddress >= maxConnectionsPerAddress) return "maxConnectionsPerAddress";
    this.#open++;
    this.#ofAddress.set(address, ofAddress + 1);
    socket.once("close", () => this.#remove(address));
    return undefined;
  }

  #remove(address: string): void {
    this.#open--;
    const rest = this.#ofAddress.get(address)! - 1;
    if (rest > 0) this.#ofAddress.set(address, rest);
    else this.#ofAddress.delete(address);
  }
}
