/** What the server of another runtime is told to do. */
export type Command =
  /** Answered with the port. */
  | { readonly do: "start"; readonly fences: readonly SentResource[]; readonly holdBackMs?: number }
  | { readonly do: "publish"; readonly resources?: readonly SentResource[] }
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
