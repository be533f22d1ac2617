/** A command to the server of another runtime. */
export type Command =
  /** Results in the port. */
  | {
    readonly do: "start";
    /** Default: any free one. */
    readonly port?: number;
    /** Default: `v3`. */
    readonly api?: "v2" | "v3";
    /** Resources of the fence type: a response with one comes after all earlier responses. Default: none. */
    readonly fences?: readonly SentResource[];
    readonly holdBackMs?: number;
    /** Whether what clients reject is isolated. Default: true. */
    readonly isolate?: boolean;
    /** The age at which connections end, with half of it as grace. Default: none. */
    readonly maxConnectionAgeMs?: number | undefined;
  }
  | { readonly do: "publish"; readonly resources?: readonly SentResource[] }
  /** Results in the calls of callbacks since the last command of this kind, as a list of {@link Said}. */
  | { readonly do: "journal" }
  /** Results in the number of watches left open. */
  | { readonly do: "stop" };

/** A resource as JSON. */
export interface SentResource {
  readonly type: string;
  readonly name: string;
  /** In base64. */
  readonly value: string;
  readonly ttlMs?: number;
}

/** A call of a callback, with those of these arguments that it has. */
export interface Said {
  readonly what: "open" | "request" | "response" | "ack" | "nack" | "quarantine" | "release" | "close" | "error";
  /** The stream's id; 0 for none. */
  readonly stream: number;
  readonly typeUrl?: string;
  readonly version?: string;
  readonly nonce?: string;
  readonly names?: readonly string[];
  /** The reason of a NACK, of the end of a stream, or the error. */
  readonly message?: string;
  /** The client's user agent, with its version. */
  readonly client?: string;
}
