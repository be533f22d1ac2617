/** What a client is told to do. It answers each command by one line. */
export type ClientCommand =
  /** Makes calls one after the other, up to the first that fails; answered with {@link CallResult}. */
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
  /** Is a server that is configured over xDS; answers by its name. */
  | { readonly do: "serve"; readonly name: string; readonly port: number }
  /** Answered with all serving modes so far: `serving` and `not serving`. */
  | { readonly do: "modes" };

/** Who answered. */
export interface CallResult {
  /** How often each backend did, by its name. */
  readonly responses: Readonly<Record<string, number>>;
  /** Status and message of the call that failed. */
  readonly failure?: string;
}
