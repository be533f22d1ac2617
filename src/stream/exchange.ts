import type { DiscoveryRequest } from "./request.ts";
import type { OutgoingResponse } from "./response.ts";

/** What a client rejected last. */
export interface Nack {
  readonly version: string;
  /** The client's reason. */
  readonly message: string;
}

/** What a request says about the response in flight. */
export interface Acknowledgement {
  readonly outcome: "ack" | "nack";
  readonly response: OutgoingResponse;
}

/**
 * The responses of one type on one stream, and what the client says of them.
 *
 * Invariant: at most one response is in flight, that is neither ACKed nor NACKed; `lastSerial` grows. A response is
 * acknowledged once: some clients repeat their error in each later request.
 */
export class Exchange {
  #inFlight: OutgoingResponse | undefined = undefined;
  #isOverdue = false;
  #lastNonce = "";
  #lastSerial = 0;
  #sentAt = 0;
  #ackedVersion: string | undefined = undefined;
  #nack: Nack | undefined = undefined;

  /** The response that is neither ACKed nor NACKed. */
  get inFlight(): OutgoingResponse | undefined {
    return this.#inFlight;
  }

  /** Whether other types wait for the ACK of the response in flight. */
  get blocksOthers(): boolean {
    return this.#inFlight !== undefined && !this.#isOverdue;
  }

  /** The nonce of the last response; empty before the first. */
  get lastNonce(): string {
    return this.#lastNonce;
  }

  /** The serial of the last response; 0 before the first. */
  get lastSerial(): number {
    return this.#lastSerial;
  }

  /** When the last response was sent, in the time that the stream is given, in milliseconds. */
  get sentAt(): number {
    return this.#sentAt;
  }

  /** The version that the client ACKed last. */
  get ackedVersion(): string | undefined {
    return this.#ackedVersion;
  }

  /** What the client rejected last, unless it has ACKed a response since. */
  get nack(): Nack | undefined {
    return this.#nack;
  }

  sent(response: OutgoingResponse, now: number): void {
    this.#inFlight = response;
    this.#isOverdue = false;
    this.#lastNonce = response.nonce;
    this.#lastSerial = response.serial;
    this.#sentAt = now;
  }

  /**
   * Applies what a request says of the response in flight; `error_detail` alone makes it a NACK.
   *
   * @returns undefined for a missing nonce and for a stale one, which acknowledge nothing
   */
  acknowledge({ nonce, error }: DiscoveryRequest): Acknowledgement | undefined {
    const response = this.#inFlight;
    if (response === undefined || nonce !== response.nonce) return undefined;
    this.#inFlight = undefined;
    if (error !== undefined) {
      this.#nack = { version: response.version, message: error.message };
      return { outcome: "nack", response };
    }
    this.#ackedVersion = response.version;
    this.#nack = undefined;
    return { outcome: "ack", response };
  }

  /** No type waits for the ACK of the response in flight any longer. */
  markOverdue(): void {
    this.#isOverdue = true;
  }
}
