import type { View } from "../cache/mod.ts";
import type { ClientNames } from "./client-names.ts";
import type { Content, Shareable } from "./diff.ts";
import type { Variant } from "./request.ts";
import type { OutgoingResponse, ResponseFactory } from "./response.ts";

/** The stream and type that a response is written for. */
export interface ResponseTarget {
  readonly responses: ResponseFactory;
  readonly protocol: Variant;
  readonly typeUrl: string;
  readonly view: View;
  readonly names: ClientNames;
  /** Whether the client can read a ttl. */
  readonly ttl: boolean;
  /** Equal for the streams that the same content is kept from; undefined: the response is for this stream alone. */
  readonly screenKey: string | undefined;
  /** The serial of the last response of the type on the stream. */
  readonly lastSerial: number;
}

/**
 * Writes a response, or finds the one that another stream was sent. A client that spells names in its own way gets a
 * response of its own. Streams without a key in common are compared by their content.
 *
 * @param isHeartbeat - delta: the resources are sent without their content
 */
export function writeResponse(
  { content, shareKey }: Shareable,
  target: ResponseTarget,
  isHeartbeat = false,
): OutgoingResponse {
  const { responses, protocol, typeUrl, view, names, ttl, screenKey, lastSerial } = target;
  const form = { ttl, heartbeat: isHeartbeat };
  const make = (content: Content) => responses.make(protocol, { typeUrl, version: view.version, ...content }, form);
  if (names.hasOwnSpellings) return make(spell(content(), names));
  const kind = `${protocol}${ttl ? "+ttl" : ""}`;
  if (shareKey !== undefined && screenKey !== undefined) {
    return responses.share(view, `${kind} ${shareKey}${screenKey}`, lastSerial, () => make(content()));
  }
  const own = content();
  const sought = { kind: isHeartbeat ? `${kind} heartbeat` : kind, content: own, lastSerial };
  return responses.contentsOf(view).share(sought, () => make(own));
}

function spell({ resources, removed, unknown }: Content, names: ClientNames): Content {
  return {
    resources: resources.map((resource) => names.spelledResource(resource)),
    removed: removed.map((name) => names.spelled(name)),
    ...unknown && { unknown },
  };
}
