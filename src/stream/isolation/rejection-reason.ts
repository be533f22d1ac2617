import { type Culprits, culpritsIn } from "./culprits.ts";
import { safeText } from "./safe-text.ts";

/** Why a client rejects a response: its `error_detail`. */
export class RejectionReason {
  /** The code; clients differ in what they put there. */
  readonly code: number;
  /** The client's words, without the content of resources. */
  readonly message: string;
  readonly #text: string;

  /** Reads a reason. @param text - the client's words as they are; never shown */
  constructor(code: number, text: string) {
    this.code = code;
    this.message = safeText(text);
    this.#text = text;
  }

  /** Whether the client says that it has applied all but what it names, as Envoy does of clusters and listeners. */
  get isPartial(): boolean {
    return /^Error adding\/updating (?:cluster|listener)\(s\) /.test(this.#text);
  }

  /**
   * The resources that the client names.
   *
   * @param sent - the names of the rejected response, in its order, as the client spells them
   * @param names - those that may be rejected. Default: all
   */
  culprits(sent: readonly string[], names: ReadonlySet<string> = new Set(sent)): Culprits {
    return culpritsIn(this.#text, sent, names);
  }
}
