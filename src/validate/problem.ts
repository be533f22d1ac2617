/** What is wrong with a resource, or may be. */
export interface Problem {
  /** A client rejects a resource with an error, or cannot use it; a warning is about what works, but not for long. */
  readonly severity: "error" | "warning";
  /** The type URL of the resource. */
  readonly typeUrl: string;
  /** The name of the resource. */
  readonly resource: string;
  /**
   * The field, by its names in the .proto files, as in `virtual_hosts[2].routes[0].match.prefix`. A step such as
   * `[type.googleapis.com/envoy.extensions.filters.http.router.v3.Router]` leads into an `Any`. Empty for the whole
   * resource.
   */
  readonly path: string;
  /** The rule, as in `string.min_len`, `reference.cluster` or `duplicate.name`. */
  readonly rule: string;
  /** What is expected, in a sentence without the value. */
  readonly message: string;
  /** The value, shortened, and redacted where the field or one above it is sensitive. Absent where there is none. */
  readonly value?: string;
  /** What to do about it. */
  readonly hint?: string;
}
