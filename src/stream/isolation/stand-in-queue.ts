import type { Matches } from "../held-state.ts";

/** The names of the stand-ins that one client is to be sent though it has not requested them, of one type. */
export class StandInQueue {
  /** Sent after the search, sent next, and in flight. */
  #due: Set<string> | undefined = undefined;
  #requested: Set<string> | undefined = undefined;
  #inFlight: Set<string> | undefined = undefined;
  #areSentAlone = false;

  /** The number of stand-ins that are sent next. */
  get requestCount(): number {
    return this.#requested?.size ?? 0;
  }

  /** Whether a stand-in is sent next, or in flight. */
  isSent(name: string): boolean {
    return (this.#requested?.has(name) ?? false) || (this.#inFlight?.has(name) ?? false);
  }

  /** Has a stand-in sent with the next {@link flush}, unless it is being sent. */
  add(name: string): void {
    if (!this.isSent(name)) (this.#due ??= new Set()).add(name);
  }

  /** The client rejects a response that had these. @param areAlone - it does not say which of them */
  addAgain(names: readonly string[], areAlone: boolean): void {
    if (areAlone && names.length > 0) this.#areSentAlone = true;
    for (const name of names) this.add(name);
  }

  /** Has stand-ins sent. @param request - has a name sent */
  flush(request: (name: string) => void): void {
    if (this.#areSentAlone && (this.#requested ?? this.#inFlight) !== undefined) return;
    for (const name of this.#due ?? NO_NAMES) {
      this.#due!.delete(name);
      (this.#requested ??= new Set()).add(name);
      request(name);
      if (this.#areSentAlone) return;
    }
  }

  /** A response was sent, or none was needed. */
  sent(isResponse: boolean): void {
    if (isResponse) this.#inFlight = this.#requested;
    this.#requested = undefined;
  }

  /** The response in flight is settled. */
  settled(): void {
    this.#inFlight = undefined;
  }

  /** The client may have dropped what it is no longer subscribed to. */
  retain(matches: Matches): void {
    for (const names of [this.#due, this.#requested]) {
      for (const name of names ?? NO_NAMES) if (!matches(name)) names!.delete(name);
    }
  }
}

const NO_NAMES: ReadonlySet<string> = new Set();
