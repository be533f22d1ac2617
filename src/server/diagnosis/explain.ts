import { type Cache, explainWatch, type Node, sourceErrorsOf } from "../../cache/mod.ts";
import type { ApiTable, ResourceType } from "../../resource/mod.ts";
import { type DiscoveryStream, explainType, type Finding, typeName } from "../../stream/mod.ts";
import { oneLine } from "../../resource/one-line.ts";
import { readableError } from "../readable-error.ts";
import { danglingIn } from "./dangling.ts";
import { referrerOf } from "./referrer.ts";
import { type SourceFailures, sourceFailureText } from "./source-failures.ts";

/** Why something has not arrived at a client, or that it has. */
export interface Explanation {
  /** All findings as lines for people. */
  readonly text: string;
  /** What was found, by stream and type; of each what has to end first comes first. */
  readonly findings: readonly Finding[];
}

/** A stream of the client that is asked about. */
export interface ExplainedStream {
  readonly stream: DiscoveryStream;
  readonly failures: SourceFailures;
  /** For how long the client has read nothing of what it was sent, in milliseconds; undefined if it has read all. */
  readonly unreadMs: number | undefined;
  /** Whether sending pauses, since clients leave too much unread. */
  readonly isPaused: boolean;
  /** Whether requests wait for a decision of `authorize`. */
  readonly isDeciding: boolean;
}

/** What is asked. */
export interface ExplainQuery {
  readonly nodeId: string;
  /** Default: all types that the client has requested. */
  readonly typeUrl?: string | undefined;
  /** Default: all of the type. */
  readonly name?: string | undefined;
}

/** What an explanation is made from. */
export interface ExplainContext {
  readonly api: ApiTable;
  readonly cache: Cache;
  /** Those of the node. */
  readonly streams: readonly ExplainedStream[];
  /** The ids of other nodes, for a mistake in the id. */
  readonly otherIds: ReadonlySet<string>;
  /** How many streams wait to be opened. */
  readonly queued: number;
}

/** Explains what the streams of a node wait for. */
export function explain(query: ExplainQuery, context: ExplainContext): Explanation {
  const [first] = context.streams;
  const found = [
    ...ofSource(context.cache, first?.stream.info.node),
    ...first === undefined
      ? [notConnected(query, context)]
      : context.streams.flatMap((each) => ofStream(query, each, context)),
  ];
  // Clients choose parts of it.
  const findings = found.map((each) => ({ ...each, text: oneLine(each.text) }));
  const lines = findings.map(({ streamId, text }) => streamId === undefined ? text : `#${streamId} ${text}`);
  return { text: lines.join("\n"), findings };
}

/** Clients may be in sync with a configuration that is a former one. */
function ofSource(cache: Cache, node: Node | undefined): Finding[] {
  const errors = sourceErrorsOf(cache, node);
  const more = errors.length > MAX_ERRORS ? [`and ${errors.length - MAX_ERRORS} more`] : [];
  return [...errors.slice(0, MAX_ERRORS), ...more].map((message) => ({
    reason: "source-failed",
    text: `the source of the configuration is in error: ${message}`,
    message,
  }));
}

const MAX_ERRORS = 10;

function notConnected({ nodeId }: ExplainQuery, { otherIds, queued }: ExplainContext): Finding {
  const shown = [...otherIds].slice(0, MAX_IDS).map((id) => JSON.stringify(id)).join(", ");
  const more = otherIds.size > MAX_IDS ? ` and ${otherIds.size - MAX_IDS} more` : "";
  const others = otherIds.size === 0 ? "no node has" : `there are ones of ${shown}${more}`;
  const waiting = queued === 0 ? "" : `; ${queued} more wait to be opened`;
  return { reason: "not-connected", text: `Node ${JSON.stringify(nodeId)} has no stream; ${others}${waiting}` };
}

const MAX_IDS = 5;

function ofStream({ typeUrl, name }: ExplainQuery, explained: ExplainedStream, context: ExplainContext): Finding[] {
  const { stream } = explained;
  const { byUrl } = stream.sequencer;
  // A service of one type says nothing of others.
  const only = stream.info.typeUrl;
  if (typeUrl !== undefined && only !== undefined && only !== typeUrl) return [];
  const asked = typeUrl === undefined ? [...byUrl.keys()] : [typeUrl];
  const found = [
    ...ofTransport(explained),
    ...asked.flatMap((each) => guarded(each, () => ofType(each, name, { ...explained, ...context }))),
  ];
  if (asked.length === 0) found.push({ reason: "not-requested", text: "the client has requested no type yet" });
  return found.map((each) => ({ ...each, streamId: stream.info.id }));
}

/** A cache may be the user's own. */
function guarded(typeUrl: string, read: () => Finding[]): Finding[] {
  try {
    return read();
  } catch (thrown) {
    const error = readableError(thrown);
    const message = error instanceof Error ? error.message : String(error);
    return [{ reason: "source-failed", typeUrl, message, text: `the cache has thrown when it was read: ${message}` }];
  }
}

function* ofTransport({ unreadMs = 0, isPaused, isDeciding }: ExplainedStream): Iterable<Finding> {
  if (isDeciding) yield { reason: "deciding", text: "requests of the client wait for a decision of authorize()" };
  if (isPaused) yield { reason: "unread", text: "sending pauses: clients leave more than maxUnsentBytes unread" };
  if (unreadMs < UNREAD_MS) return;
  const text = `the client has read nothing of what it is sent for ${Math.round(unreadMs / 1000)} s`;
  yield { reason: "unread", text, forMs: unreadMs };
}

/** Reading a large response takes a moment. */
const UNREAD_MS = 1000;

function ofType(
  typeUrl: string,
  name: string | undefined,
  { stream, failures, api, cache }: ExplainedStream & ExplainContext,
): Finding[] {
  const now = performance.now();
  const { sequencer, info } = stream;
  const type = sequencer.byUrl.get(typeUrl);
  if (type === undefined) return [{ reason: "not-requested", typeUrl, text: notRequested(typeUrl, api) }];
  const found = explainType(type, { sequencer, now }, name).map((finding) => {
    if (finding.reason === "no-configuration") {
      const { subscription } = type;
      const why = explainWatch(cache, { node: info.node!, type: typeUrl, subscription });
      return why === undefined ? finding : { ...finding, text: `${finding.text}: ${why}` };
    }
    const referrer = finding.reason === "missing" && referrerOf(sequencer.byUrl, { typeUrl, name: finding.name! });
    return referrer ? { ...finding, text: `${finding.text}, and ${referrer} refers to it` } : finding;
  });
  // A client may have what it refers to from elsewhere, such as its bootstrap, so that all else is said before.
  found.push(...danglingIn(type, sequencer.byUrl, { name }));
  const failure = failures.get(typeUrl);
  if (failure === undefined) return found;
  const forMs = now - failure.at;
  const text = `${sourceFailureText(typeUrl, failure.error)}, ${Math.round(forMs / 1000)} s ago`;
  const message = failure.error instanceof Error ? failure.error.message : String(failure.error);
  return [{ reason: "source-failed", typeUrl, text, message, forMs }, ...found];
}

function notRequested(typeUrl: string, { types }: ApiTable): string {
  const sources = types.filter((each) => targetsOf(each).includes(typeUrl)).map((each) => typeName(each.typeUrl));
  const when = sources.length === 0 ? "" : `; it does once it has a ${list(sources)} that refers to one`;
  return `the client has not requested ${typeName(typeUrl)}${when}`;
}

function targetsOf({ references = [], uses = [] }: ResourceType): string[] {
  return [...references, ...uses].map(({ typeUrl }) => typeUrl);
}

function list(items: readonly string[]): string {
  return items.length < 2 ? items.join() : `${items.slice(0, -1).join(", ")} or ${items.at(-1)}`;
}
