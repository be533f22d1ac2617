import type { ResourceOptions } from "../../resource/mod.ts";

/** What makers of resources take beside the fields of the message. */
export interface ResourcePart {
  /** The version and the ttl of the resource. Default: a hash of its content, and no ttl. */
  readonly resource?: Pick<ResourceOptions, "version" | "ttlMs">;
}
