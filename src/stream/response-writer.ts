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
  const whole = (content: Content) => ({ typeUrl, version: view.version, ...content });
  if (names.hasOwnSpellings) return responses.make(protocol, whole(spell(content(), names)), form);
  const kind = `${protocol}${ttl ? "+ttl" : ""}${isHeartbeat ? " heartbeat" : ""}`;
  const find = () => {
    const own = whole(content());
    return responses.shareContent({ form: kind, content: own, lastSerial }, () => responses.make(protocol, own, form));
  };
  if (shareKey === undefined || screenKey === undefined) return find();
  return responses.share(view, `${kind} ${shareKey}${screenKey}`, lastSerial, find);
}

function spell({ resources, removed, unknown }: Content, names: ClientNames): Content {
  return {
    resources: resources.map((resource) => names.spelledResource(resource)),
    removed: removed.map((name) => names.spelled(name)),
    ...unknown && { unknown },
  };
}
