/** Names a resource among those of all types; a `Resource` is one. */
export interface ResourceKey {
  /** The type URL. */
  readonly typeUrl: string;
  /** The name; an `xdstp:` name in any spelling. */
  readonly name: string;
}
