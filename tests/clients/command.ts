/** What a client is to do. It prints one line for each command. */
export type ClientCommand =
  /** Makes calls one after the other, up to the first that fails; the result is a {@link CallResult}. */
  | {
    readonly do: "call";
    readonly target: string;
    readonly method: string;
    readonly count: number;
    /** For each of the calls. */
    readonly timeoutMs: number;
  }
  /** Ends the channel to a target. */
  | { readonly do: "close"; readonly target: string }
  /** Is a server that is configured over xDS; responds with its name. */
  | { readonly do: "serve"; readonly name: string; readonly port: number }
  /** Lists all serving modes so far: `serving` and `not serving`. */
  | { readonly do: "modes" };

/** Which backends responded. */
export interface CallResult {
  /** How often each backend did, by its name. */
  readonly responses: Readonly<Record<string, number>>;
  /** Status and message of the call that failed. */
  readonly failure?: string;
}
