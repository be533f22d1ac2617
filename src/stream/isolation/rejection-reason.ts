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

  /** The resources that the client names. @param names - those of the rejected response, as the client spells them */
  culprits(names: ReadonlySet<string>): Culprits {
    return culpritsIn(this.#text, names);
  }
}
