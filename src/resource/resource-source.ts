import type { DescMessage, Message } from "./protobuf-types.ts";

/** A message that has not been encoded yet. */
export interface ResourceSource {
  /** The descriptor of its type. */
  readonly schema: DescMessage;
  /** The message. */
  readonly message: Message;
}
