/** What the server of another runtime is told to do. */
export type Command =
  /** Answered with the port. */
  | {
    readonly do: "start";
    /** Default: any that is free. */
    readonly port?: number;
    /** Default: `v3`. */
    readonly api?: "v2" | "v3";
    /** Served of the type that says when all before it has been sent. Default: none. */
    readonly fences?: readonly SentResource[];
    readonly holdBackMs?: number;
  }
  | { readonly do: "publish"; readonly resources?: readonly SentResource[] }
  /** Answered with what the callbacks were told since the last time, as a list of {@link Said}. */
  | { readonly do: "journal" }
  /** Answered with the number of watches that are left. */
  | { readonly do: "stop" };

/** A resource as JSON. */
export interface SentResource {
  readonly type: string;
  readonly name: string;
  /** In base64. */
  readonly value: string;
  readonly ttlMs?: number;
}

/** What a callback was told, as far as it has such a thing. */
export interface Said {
  readonly what: "open" | "request" | "response" | "ack" | "nack" | "close" | "error";
  /** The stream's id; 0 where it is about none. */
  readonly stream: number;
  readonly typeUrl?: string;
  readonly version?: string;
  readonly nonce?: string;
  readonly names?: readonly string[];
  /** Why a client rejected something, a stream ended, or what went wrong. */
  readonly message?: string;
  /** The client as it calls itself, with its version. */
  readonly client?: string;
}
