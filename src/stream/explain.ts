import { normalName } from "../resource/mod.ts";
import type { Finding } from "./finding.ts";
import { missingNames } from "./missing-names.ts";
import type { AdsSequencer } from "./sequencing/ads-sequencer.ts";
import { waitingOf, waitsFor } from "./status.ts";
import { typeName } from "./type-name.ts";
import type { TypeStream } from "./type-stream.ts";

/** What an explanation is made from. */
export interface ExplainInput {
  readonly sequencer: AdsSequencer;
  /** The time in milliseconds, of the clock that the stream is given. */
  readonly now: number;
}

/**
 * Why the client does not have what the cache has of a type, or of one resource: what has to end first comes first. It
 * changes nothing, and takes O(names).
 */
export function explainType(type: TypeStream, input: ExplainInput, name?: string): Finding[] {
  const found = name === undefined ? ofAll(type, input) : ofResource(type, input, normalName(name));
  return found.map((finding) => ({ ...finding, typeUrl: type.typeUrl }));
}

function ofAll(type: TypeStream, input: ExplainInput): Finding[] {
  const { subscription, exchange, watched: { view } } = type;
  const label = typeName(type.typeUrl);
  if (subscription.isEmpty) return [{ reason: "not-subscribed", text: `${label}: the client subscribes to no name` }];
  const blocked = [...configuration(type, input)];
  if (blocked.length > 0) return blocked;
  const found = [
    ...quarantined(type, input),
    ...rejected(type),
    ...inFlight(type, input),
    ...waiting(type, input),
    ...missingNames(type, { shown: MAX_SHOWN, looked: Infinity }).map((name) => missing(type, name)),
  ];
  if (type.isPending && found.every(({ reason }) => reason === "missing" || reason === "quarantined")) {
    found.unshift({ reason: "pending", text: `${label}: changes are sent next` });
  }
  if (found.some(({ reason }) => reason !== "missing")) return found;
  const version = exchange.ackedVersion;
  const size = `${view?.size} ${view?.size === 1 ? "resource" : "resources"}`;
  const text = version === undefined
    ? `${label}: in sync; the cache has ${size}, and nothing of them had to be sent`
    : `${label}: in sync; the client has ACKed version ${version}, and the cache has ${size}`;
  return [...found, { reason: "in-sync", text, ...version !== undefined && { version } }];
}

function ofResource(type: TypeStream, input: ExplainInput, name: string): Finding[] {
  const { exchange, client, watched } = type;
  const subject = `${typeName(type.typeUrl)} ${JSON.stringify(name)}`;
  const blocked = [...configuration(type, input)];
  if (blocked.length > 0) return blocked.map((each) => ({ ...each, name }));
  const view = watched.view!;
  const resource = view.get(name);
  if (!type.matches(name) && !type.subscription.names.has(name)) {
    const exists = resource === undefined ? "nor does it exist" : "though it exists";
    return [{ reason: "not-subscribed", text: `${subject}: the client does not subscribe to it, ${exists}`, name }];
  }
  if (type.type?.aliases === undefined && resource === undefined) {
    if (view.isLoading?.(name)) return [{ reason: "loading", text: `${subject}: the cache is still loading it`, name }];
    const withheld = client.withheld.has(name) ? [...waiting(type, input)] : [];
    return withheld.length > 0 ? withheld.map((each) => ({ ...each, name })) : [missing(type, name)];
  }
  const kept = [...quarantined(type, input)].filter((each) => each.name === name);
  if (kept.length > 0) return kept;
  const isSent = exchange.inFlight?.resources.some((each) => normalName(each.name) === name) ?? false;
  const isDue = !isSent && !client.isInSyncWith(name, view);
  // A response of before has to be acknowledged first, and then other types.
  const before = isDue ? [...rejected(type), ...inFlight(type, input), ...waiting(type, input)] : [];
  if (before.length > 0) return before.map((each) => ({ ...each, name }));
  if (isDue) return [{ reason: "pending", text: `${subject}: it is sent next`, name }];
  const said = isSent ? [...inFlight(type, input)] : [...rejected(type)];
  if (said.length > 0) return said.map((each) => ({ ...each, name }));
  const version = resource?.version;
  const text = `${subject}: in sync${version === undefined ? "" : `; the client has version ${version}`}`;
  return [{ reason: "in-sync", text, name, ...version !== undefined && { version } }];
}

/** Nothing can be sent before these end. */
function* configuration(type: TypeStream, { sequencer, now }: ExplainInput): Iterable<Finding> {
  const waits = waitsFor(type, sequencer, now);
  if (waits?.what !== "configuration") return;
  yield { reason: "no-configuration", text: waitingOf(type, waits)!, waitsFor: waits };
}

function* waiting(type: TypeStream, { sequencer, now }: ExplainInput): Iterable<Finding> {
  const waits = waitsFor(type, sequencer, now);
  if (waits !== undefined) yield { reason: "waits", text: waitingOf(type, waits)!, waitsFor: waits };
}

function* inFlight({ typeUrl, exchange: { inFlight: response, sentAt } }: TypeStream, { now }: ExplainInput) {
  if (response === undefined) return;
  const forMs = Math.max(0, now - sentAt);
  const text = `${typeName(typeUrl)}: version ${response.version} was sent ${seconds(forMs)} ago, ` +
    "and the client has neither ACKed nor NACKed it";
  yield { reason: "in-flight", text, version: response.version, forMs } satisfies Finding;
}

function* rejected({ typeUrl, exchange: { nack }, isolation }: TypeStream) {
  // What is kept from the client has findings of its own.
  if (nack === undefined || isolation?.isHolding) return;
  const text = `${typeName(typeUrl)}: the client has rejected version ${nack.version}, and uses what it had before: ` +
    nack.message;
  yield { reason: "rejected", text, version: nack.version, message: nack.message } satisfies Finding;
}

function* quarantined({ typeUrl, isolation }: TypeStream, { now }: ExplainInput) {
  for (const { name, version, by, reason, since, instead } of isolation?.isHolding ? isolation.contents : []) {
    const used = instead === undefined ? "nothing that is known of" : `version ${instead.version}`;
    const text = `${typeName(typeUrl)} ${JSON.stringify(name)}: version ${version} is kept from the client, since ` +
      `${CULPRITS[by]}: ${reason}; it has ${used} in its place`;
    const what = { name, version, message: reason, forMs: Math.max(0, now - since) };
    yield { reason: "quarantined", text, ...what, ...instead && { instead: instead.version } } satisfies Finding;
  }
}

const CULPRITS = {
  client: "it has rejected it",
  others: "most clients of its group have rejected it",
  reference: "it refers to what is kept from it",
};

function missing({ typeUrl }: TypeStream, name: string): Finding {
  return { reason: "missing", text: `${typeName(typeUrl)} ${JSON.stringify(name)}: it does not exist`, name };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

/** How many missing names are shown. */
const MAX_SHOWN = 10;
