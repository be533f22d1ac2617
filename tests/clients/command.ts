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
  /** Asks a server for its health and its descriptors, by gRPC's standard services; the result is a {@link Described}. */
  | {
    readonly do: "describe";
    readonly target: string;
    readonly service: string;
    readonly message: string;
    readonly timeoutMs: number;
  }
  /** Lists all serving modes so far: `serving` and `not serving`. */
  | { readonly do: "modes" };

/** What a server says of itself. */
export interface Described {
  /** The name of the status. */
  readonly health: string;
  readonly services: readonly string[];
  /** Of the service. */
  readonly methods: readonly string[];
  /** How many the message has. */
  readonly fields: number;
}

/** Which backends responded. */
export interface CallResult {
  /** How often each backend did, by its name. */
  readonly responses: Readonly<Record<string, number>>;
  /** Status and message of the call that failed. */
  readonly failure?: string;
}
