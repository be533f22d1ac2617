import type { ConnectError } from "@connectrpc/connect";
import { codeToString } from "@connectrpc/connect/protocol-connect";
import type { Node } from "../cache/mod.ts";
import { type Decision, type NackInfo, type QuarantineInfo, type StreamInfo, typeName } from "../stream/mod.ts";
import { sourceFailureText } from "./diagnosis/source-failures.ts";
import { oneLine } from "../resource/one-line.ts";

/** Fields for machines, and a line for people that begins with the word of the event. */
export type LogEntry = readonly [fields: LogFields, message: string];

type LogFields = Readonly<Record<string, unknown>>;

/** A response that the client rejected. */
export function nackEntry(
  stream: StreamInfo,
  { typeUrl, version, nonce, code, message, response }: NackInfo,
): LogEntry {
  const fields = {
    ...fieldsOf(stream, "NACK"),
    typeUrl: bounded(typeUrl),
    version: bounded(version),
    nonce,
    code,
    reason: message,
    resources: firstOf(response.resources.map(({ name }) => name)),
    resourceCount: response.resources.length,
    ...response.removed.length > 0 && { removed: firstOf(response.removed), removedCount: response.removed.length },
  };
  return [fields, line("NACK", `${shortName(typeUrl)} ${bounded(version)}: ${message}`)];
}

/** Content that a client is not sent. */
export function quarantineEntry(stream: StreamInfo, content: QuarantineInfo): LogEntry {
  const { typeUrl, name, version, by, reason, instead } = content;
  const fields = {
    ...fieldsOf(stream, "QUARANTINE"),
    typeUrl: bounded(typeUrl),
    name: bounded(name),
    version: bounded(version),
    by,
    reason,
    ...instead !== undefined && { instead: bounded(instead) },
  };
  return [fields, line("QUARANTINE", `${shortName(typeUrl)} ${bounded(name)} by ${by}: ${reason}`)];
}

/** An error of the cache, of a callback, or of the server itself. */
export function faultEntry(error: unknown, stream: StreamInfo | undefined): LogEntry {
  const text = error instanceof Error ? error.message : String(error);
  const fields = stream === undefined ? { event: "FAULT" } : fieldsOf(stream, "FAULT");
  return [{ ...fields, err: error }, line("FAULT", text)];
}

/** An error of the source of a type, which is called again. */
export function sourceFaultEntry(error: NonNullable<unknown>, source: FailedSource): LogEntry {
  const { stream, node, typeUrl } = source;
  const fields = stream === undefined ? { event: "FAULT", nodeId: bounded(node.id) } : fieldsOf(stream, "FAULT");
  const text = `${sourceFailureText(typeUrl, error)} (node ${JSON.stringify(bounded(node.id))})`;
  return [{ ...fields, typeUrl: bounded(typeUrl), err: error }, line("FAULT", text)];
}

/** The source of configuration that has thrown. */
export interface FailedSource {
  /** Undefined for a poll. */
  readonly stream: StreamInfo | undefined;
  readonly node: Node;
  readonly typeUrl: string;
}

/** A node that has no configuration. */
export function waitingEntry({ id, cluster }: Node, why: string): LogEntry {
  const fields = { event: "WAITING", nodeId: bounded(id), nodeCluster: bounded(cluster), reason: why };
  return [fields, line("WAITING", why)];
}

/** A name that a client subscribes to, and that does not exist although a resource refers to it. */
export interface MissingName {
  readonly typeUrl: string;
  readonly name: string;
  /** Such as `Cluster "a"`. */
  readonly referrer: string;
  /** Whether the client subscribes to the name, rather than to all of the type. */
  readonly isSubscribed: boolean;
}

/** A name that does not exist. */
export function missingEntry(stream: StreamInfo, { typeUrl, name, referrer, isSubscribed }: MissingName): LogEntry {
  const referredBy = bounded(referrer);
  const fields = { ...fieldsOf(stream, "MISSING"), typeUrl: bounded(typeUrl), name: bounded(name), referredBy };
  const client = JSON.stringify(bounded(stream.node?.id ?? ""));
  const what = `${shortName(typeUrl)} ${JSON.stringify(bounded(name))}`;
  // A static cluster of a bootstrap is not known here.
  const effect = isSubscribed ? `node ${client} waits for it` : `node ${client} has it only if its bootstrap does`;
  return [fields, line("MISSING", `${what} does not exist, but ${referredBy} refers to it; ${effect}`)];
}

/** A connection that ended before a stream. */
export interface FailedConnection {
  /** The address and port of the client; undefined where it is not known. */
  readonly peer: string | undefined;
  /** A word for the cause. */
  readonly cause: string;
  /** What has happened, and what to do about it. */
  readonly text: string;
}

/** A connection that ended before a stream. */
export function connectionEntry({ peer, cause, text }: FailedConnection): LogEntry {
  const fields = { event: "CONNECTION", cause, ...peer !== undefined && { peer } };
  return [fields, line("CONNECTION", `from ${peer ?? "an unknown address"}: ${text}`)];
}

/** Access that a client was denied. */
export interface Denial {
  readonly peer: string | undefined;
  readonly method: string;
  readonly node: Node;
  /** For the log alone. */
  readonly reason: string;
  /** Undefined for a poll. */
  readonly streamId: number | undefined;
}

/** Access that a client was denied. */
export function deniedEntry({ peer, method, node, reason, streamId }: Denial): LogEntry {
  const fields = {
    event: "DENIED",
    method: bounded(method),
    nodeId: bounded(node.id),
    reason: bounded(reason),
    ...peer !== undefined && { peer },
    ...streamId !== undefined && { streamId },
  };
  return [fields, line("DENIED", `${bounded(node.id)}: ${bounded(reason)}`)];
}

/** A stream that was opened. */
export function openEntry(stream: StreamInfo): LogEntry {
  const { variant, typeUrl } = stream;
  const service = typeUrl === undefined ? "ADS" : shortName(typeUrl);
  return [{ ...fieldsOf(stream, "OPEN"), service, variant }, line("OPEN", `${service} ${variant}`)];
}

/** A stream that has ended, with the error that was sent to the client; undefined for OK. */
export function closeEntry(stream: StreamInfo, error: ConnectError | undefined): LogEntry {
  const { code, rawMessage: reason } = error ?? { code: 0, rawMessage: "" };
  const status = error === undefined ? "OK" : codeToString(error.code).toUpperCase();
  const fields = { ...fieldsOf(stream, "CLOSE"), code, status, reason };
  return [fields, line("CLOSE", reason === "" ? status : `${status}: ${reason}`)];
}

/** A decision of the protocol: its word, its type, and the fields that it was made from. */
export function decisionEntry(stream: StreamInfo, { word, typeUrl, fields }: Decision): LogEntry {
  const given = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, boundedValue(value)]));
  const text = Object.entries(given).map(([name, value]) => `${name}=${value}`);
  return [
    { ...given, ...fieldsOf(stream, word), typeUrl: bounded(typeUrl) },
    line(word, [shortName(typeUrl), ...text].join(" ")),
  ];
}

function fieldsOf({ id, node, peer }: StreamInfo, event: string): LogFields {
  return {
    event,
    streamId: id,
    ...node !== undefined && { nodeId: bounded(node.id), nodeCluster: bounded(node.cluster) },
    ...peer !== undefined && { peer },
  };
}

/** The short name of a type, of a bounded length. */
function shortName(typeUrl: string): string {
  return bounded(typeName(typeUrl));
}

function line(word: string, text: string): string {
  return oneLine(`${word} ${text}`);
}

function firstOf(names: readonly string[]): string[] {
  return names.slice(0, MAX_NAMES).map(bounded);
}

function boundedValue(value: string | number | boolean): string | number | boolean {
  return typeof value === "string" ? bounded(value) : value;
}

/** A client may send texts that are megabytes long. */
function bounded(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`;
}

/** Enough to find the resource: a client's reason says which one it is about. */
const MAX_NAMES = 10;
/** In UTF-16 units. */
const MAX_LENGTH = 256;
