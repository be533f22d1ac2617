import type { Case } from "./cases.ts";
import { Session, type SessionOptions } from "./session.ts";

/** The measurements of one run of a case. */
export interface Sample {
  /** CPU time of the server process for each message, or for the unit in the description of the case. */
  readonly cpuUs?: number;
  /** The time from the publication until half of the streams, nearly all, and the last one have it. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  readonly lastMs?: number;
  /** Memory of the server process after a garbage collection, and at most. */
  readonly rssMb?: number;
  readonly peakMb?: number;
}

/** Runs a case once, with a fresh server and fresh clients. */
export function measure(each: Case, { server, load, cache }: Pick<SessionOptions, "server" | "load" | "cache">) {
  const { type = "cluster", variant, perNode = false, ownContent = false, hosts = 4 } = each;
  const { count, nodes = 1, changed, reached } = each;
  const setup = { cache, type, variant, perNode, ownContent, hosts };
  // Changes that are for a part of the streams are those of consecutive resources.
  const options = { server, load, ...setup, count, nodes, changed, consecutive: reached !== undefined };
  return Session.run(options, (session) => MEASURES[each.kind](session, each));
}

type Measure = (session: Session, each: Case) => Promise<Sample>;

const MEASURES: Readonly<Record<Case["kind"], Measure>> = {
  change: measureChange,
  sync: measureSync,
  nodes: measureNodes,
  reconnect: measureReconnect,
  storm: measureStorm,
  idle: measureIdle,
  publish: measurePublish,
  start: measureStart,
};

/** Clients in sync; then one publication after another, each once all have the one before. */
async function measureChange(session: Session, each: Case): Promise<Sample> {
  await sync(session, each);
  const warming = performance.now();
  for (let i = 0; i < (each.warmUp ?? 5) && performance.now() - warming < MAX_WARM_UP_MS; i++) {
    await change(session, each);
  }
  const before = { cpuUs: await session.cpuUs(), ...await session.counts() };
  const began = performance.now();
  const arrivals = [];
  while (arrivals.length < each.rounds && performance.now() - began < MAX_MS) {
    arrivals.push(await change(session, each));
  }
  const after = { cpuUs: await session.cpuUs(), ...await session.counts() };
  const messages = after.messages - before.messages;
  expect(each, "messages", messages, arrivals.length * (each.reached ?? each.streams));
  expect(each, "resources", (after.resources - before.resources) / messages, each.perMessage);
  return {
    cpuUs: (after.cpuUs - before.cpuUs) / messages,
    p50Ms: median(arrivals.map(({ p50Us }) => p50Us)) / 1000,
    p99Ms: median(arrivals.map(({ p99Us }) => p99Us)) / 1000,
    lastMs: median(arrivals.map(({ lastUs }) => lastUs)) / 1000,
    ...await memory(session),
  };
}

/** Snapshots that are published for the first time, and a client of each. CPU time is for each of them. */
async function measureNodes(session: Session, each: Case): Promise<Sample> {
  const { cpuUs, ...sample } = await measureSync(session, each, await session.cpuUs());
  return { cpuUs: cpuUs! / each.streams, ...sample };
}

/**
 * Clients that connect to a server with all resources. CPU time is for all of them together.
 *
 * @param began - the CPU time from which on it counts. Default: after the resources were published
 */
async function measureSync(session: Session, each: Case, began?: number): Promise<Sample> {
  const { version } = await session.publish();
  const before = began ?? await session.cpuUs();
  const { sinceUs } = await session.open(each);
  const { p50Us, p99Us, lastUs } = await session.arrival(version, sinceUs);
  const cpuUs = await session.cpuUs() - before;
  const { messages, resources } = await session.counts();
  expect(each, "messages", messages, each.streams);
  expect(each, "resources", resources / messages, each.perMessage);
  return { cpuUs, p50Ms: p50Us / 1000, p99Ms: p99Us / 1000, lastMs: lastUs / 1000, ...await memory(session) };
}

/** All clients disconnect and reconnect at once. CPU time is for each of them. */
async function measureReconnect(session: Session, each: Case): Promise<Sample> {
  const { version } = await sync(session, each);
  const before = await session.cpuUs();
  const { sinceUs } = await session.open(each);
  const { p50Us, p99Us, lastUs } = await session.arrival(version, sinceUs);
  const cpuUs = (await session.cpuUs() - before) / each.streams;
  return { cpuUs, p50Ms: p50Us / 1000, p99Ms: p99Us / 1000, lastMs: lastUs / 1000, ...await memory(session) };
}

/** Publications, one after another without a pause. CPU time is for each of them; latency is that of the last. */
async function measureStorm(session: Session, each: Case): Promise<Sample> {
  await sync(session, each);
  const before = await session.cpuUs();
  const began = performance.now();
  let rounds = 0;
  let last = await session.publish();
  for (rounds = 1; rounds < each.rounds && performance.now() - began < MAX_MS; rounds++) last = await session.publish();
  const { p50Us, p99Us, lastUs } = await session.arrival(last.version, last.sinceUs);
  const cpuUs = (await session.cpuUs() - before) / rounds;
  return { cpuUs, p50Ms: p50Us / 1000, p99Ms: p99Us / 1000, lastMs: lastUs / 1000, ...await memory(session) };
}

/** Clients in sync that are left alone. Memory is that of all of them, without the server's own. */
async function measureIdle(session: Session, each: Case): Promise<Sample> {
  await session.publish();
  const before = await session.rssBytes();
  await sync(session, each, false);
  await session.cpuUs();
  return { rssMb: (await session.rssBytes() - before) / MB };
}

/** Publications without streams. CPU time is for each of them. */
async function measurePublish(session: Session, each: Case): Promise<Sample> {
  await session.publish();
  for (let i = 0; i < (each.warmUp ?? 20); i++) await session.publish();
  const costs = [];
  for (let i = 0; i < each.rounds; i++) costs.push((await session.publish()).cpuUs);
  return { cpuUs: costs.reduce((sum, cost) => sum + cost, 0) / costs.length, ...await memory(session) };
}

/** The time from the start of the process until it listens. */
async function measureStart(session: Session): Promise<Sample> {
  const cpuUs = await session.cpuUs();
  return { cpuUs, lastMs: session.startMs, ...await memory(session) };
}

async function sync(session: Session, each: Case, publish = true): Promise<{ readonly version: string }> {
  const first = publish ? await session.publish() : undefined;
  await session.open(each);
  // Where a change is for a part of the streams, the others are in sync before it too.
  if (first !== undefined && each.reached !== undefined) await session.arrival(first.version, first.sinceUs);
  const { version, sinceUs } = await session.publish();
  await session.arrival(version, sinceUs, each.reached);
  return { version };
}

async function change(session: Session, { reached }: Case) {
  const { version, sinceUs } = await session.publish();
  return session.arrival(version, sinceUs, reached);
}

async function memory(session: Session): Promise<Pick<Sample, "rssMb" | "peakMb">> {
  const { peakBytes } = session;
  return { rssMb: await session.rssBytes() / MB, ...peakBytes !== undefined && { peakMb: peakBytes / MB } };
}

/** Fails for a server whose responses are not the expected ones, since its speed means nothing. */
function expect(each: Case, what: string, found: number, expected: number | undefined): void {
  if (expected === undefined || found === expected) return;
  throw new Error(`${each.name}: got ${found} ${what} instead of ${expected}`);
}

const MB = 1_000_000;
/** No further publication starts after this time, so that a slow server ends. */
const MAX_MS = 3000;
const MAX_WARM_UP_MS = 2000;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
