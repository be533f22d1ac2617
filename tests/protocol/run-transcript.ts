import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Any, anyUnpack } from "@bufbuild/protobuf/wkt";
import { expect } from "vitest";
import { ClusterSchema } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import {
  type DeltaDiscoveryRequest,
  DeltaDiscoveryRequestSchema,
  type DeltaDiscoveryResponse,
  type DiscoveryRequest,
  DiscoveryRequestSchema,
  type DiscoveryResponse,
  type Resource as Wrapped,
  ResourceSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import { type DiscoveryCallbacks, rawResource, type Resource, Snapshot, SnapshotCache } from "../../mod.ts";
import { ads, cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { type Expect, type Send, type Step, type Transcript, type Type, TYPES, type World } from "./transcript.ts";

export type Request = DiscoveryRequest | DeltaDiscoveryRequest;
export type Response = DiscoveryResponse | DeltaDiscoveryResponse;

/** A client on one stream, whatever is between it and the server. */
export interface Peer {
  send(request: Uint8Array): void;
  /** The next response; undefined if there is none, or the stream has ended. */
  next(): Promise<Response | undefined>;
  /** Resolves once all requests have been dealt with. */
  settle(): Promise<void>;
  /** The response that there is by then, if there is one. Nothing can follow a response that is taken here. */
  rest(): Promise<Response | undefined>;
  /** Lets time pass. */
  wait(ms: number): Promise<void>;
  /** The status with which the stream ended. */
  ended(): Promise<string>;
  close(): Promise<void>;
}

/** Connects a client to a server of the cache. */
export type Connect = (transcript: Transcript, cache: SnapshotCache, callbacks: DiscoveryCallbacks) => Promise<Peer>;

/** The node of every request that does not say otherwise. */
const NODE = { id: "node" };

/** Plays a transcript and fails where the server says something else. */
export async function runTranscript(transcript: Transcript, connect: Connect): Promise<void> {
  const cache = new SnapshotCache({ nodeHash: ({ cluster }) => cluster || "all" });
  const told: string[] = [];
  if (transcript.world) publish(cache, transcript.world);
  const peer = await connect(transcript, cache, recorder(told));
  const nonces = new Map<string, string[]>();
  try {
    for (const [i, step] of transcript.steps.entries()) {
      await play(step, `step ${i + 1}: ${JSON.stringify(step)}`, { transcript, cache, peer, nonces, told });
    }
  } finally {
    await peer.close();
  }
  const watches = cache.status().flatMap(({ types }) => types.map((type) => type.watches));
  expect(watches.filter((count) => count > 0), "watches left open").toEqual([]);
}

interface Play {
  readonly transcript: Transcript;
  readonly cache: SnapshotCache;
  readonly peer: Peer;
  /** The nonces received, by type. */
  readonly nonces: Map<string, string[]>;
  readonly told: string[];
}

async function play(step: Step, where: string, { transcript, cache, peer, nonces, told }: Play): Promise<void> {
  if ("send" in step) return peer.send(encodeRequest(transcript, step.send, nonces));
  // What was sent is dealt with before what comes next.
  if ("apply" in step || "told" in step) await peer.settle();
  if ("apply" in step) return step.apply ? publish(cache, step.apply) : cache.clearSnapshot("all");
  if ("wait" in step) return peer.wait(step.wait);
  if ("ends" in step) return expect(await peer.ended(), where).toBe(step.ends);
  if ("told" in step) return expect(told.splice(0), where).toEqual(step.told);
  if ("quiet" in step) {
    const response = await peer.rest();
    return expect(response && describe(response), where).toBeUndefined();
  }
  const response = await peer.next();
  expect(response && describe(response), where).toEqual(normal(step.expect));
  const { typeUrl, nonce } = response!;
  const known = nonces.get(typeUrl) ?? [];
  expect(nonce, `${where}: nonce`).not.toBe("");
  expect(known, `${where}: nonces are unique`).not.toContain(nonce);
  nonces.set(typeUrl, [...known, nonce]);
}

function encodeRequest({ variant }: Transcript, send: Send, nonces: Map<string, string[]>): Uint8Array {
  const typeUrl = send.type ? TYPES[send.type] : "";
  const known = nonces.get(typeUrl) ?? [];
  const nonce = send.nonce === "last" || send.nack !== undefined
    ? known.at(-1)
    : send.nonce === "previous"
    ? known.at(-2)
    : send.nonce ?? "";
  if (nonce === undefined) throw new Error("Cannot answer: there was no such response");
  const common = {
    typeUrl,
    responseNonce: nonce,
    ...(send.node !== null && { node: send.node ?? NODE }),
    ...(send.nack !== undefined && { errorDetail: { code: 3, message: send.nack } }),
  };
  if (variant === "sotw") {
    const request = create(DiscoveryRequestSchema, {
      ...common,
      versionInfo: send.version ?? "",
      resourceNames: [...send.names ?? []],
    });
    return toBinary(DiscoveryRequestSchema, request);
  }
  const initial = Object.entries(send.initial ?? {}).map(([name, content]) => {
    return [name, make(send.type!, name, content).version];
  });
  const request = create(DeltaDiscoveryRequestSchema, {
    ...common,
    resourceNamesSubscribe: [...send.subscribe ?? []],
    resourceNamesUnsubscribe: [...send.unsubscribe ?? []],
    initialResourceVersions: Object.fromEntries(initial),
  });
  return toBinary(DeltaDiscoveryRequestSchema, request);
}

function publish(cache: SnapshotCache, world: World): void {
  const resources = Object.entries(world).flatMap(([type, names]) =>
    Object.entries(names).map(([name, content]) => make(type as Type, name, content))
  );
  cache.setSnapshot("all", new Snapshot({ resources }));
}

function make(type: Type, name: string, text: string): Resource {
  const [content = "", ttl] = text.split(" ttl=");
  const options = ttl === undefined ? {} : { ttlMs: Number(ttl) };
  if (TYPES[type] !== CLUSTER_TYPE) {
    return rawResource(TYPES[type], name, new TextEncoder().encode(`${name}=${content}`), options);
  }
  return cluster({
    name,
    altStatName: content,
    clusterDiscoveryType: { case: "type", value: 3 },
    edsClusterConfig: { edsConfig: ads() },
  }, options);
}

/** A response in the form of an expectation. The content is read from the bytes, as made above. */
function describe(response: Response): Expect {
  const type = (Object.keys(TYPES) as Type[]).find((key) => TYPES[key] === response.typeUrl)!;
  const resources = response.resources.map((entry) => {
    if (entry.$typeName === "envoy.service.discovery.v3.Resource") return describeWrapped(entry, response);
    const wrapped = anyUnpack(entry, ResourceSchema);
    if (wrapped !== undefined) return describeWrapped(wrapped, response);
    expect(entry.typeUrl).toBe(response.typeUrl);
    return read(entry);
  });
  return normal({ type, resources, removed: "removedResources" in response ? response.removedResources : [] });
}

function describeWrapped({ name, resource, ttl }: Wrapped, { typeUrl }: Response): string {
  const ending = ttl === undefined ? "" : ` ttl=${Number(ttl.seconds) * 1000 + ttl.nanos / 1e6}`;
  if (resource === undefined) return `${name} lives${ending}`;
  expect(resource.typeUrl).toBe(typeUrl);
  const text = read(resource);
  expect(text.startsWith(`${name}=`), `${name} is ${text}`).toBe(true);
  return text + ending;
}

function read({ typeUrl, value }: Any): string {
  if (typeUrl !== CLUSTER_TYPE) return new TextDecoder().decode(value);
  const { name, altStatName } = fromBinary(ClusterSchema, value);
  return `${name}=${altStatName}`;
}

function normal({ type, resources = [], removed = [] }: Expect): Expect {
  return { type, resources: resources.toSorted(), removed: removed.toSorted() };
}

function recorder(told: string[]): DiscoveryCallbacks {
  const label = (typeUrl: string) => Object.entries(TYPES).find(([, url]) => url === typeUrl)?.[0] ?? typeUrl;
  return {
    onAck: (_stream, { typeUrl }) => void told.push(`ack ${label(typeUrl)}`),
    onNack: (_stream, { typeUrl, message }) => void told.push(`nack ${label(typeUrl)}: ${message}`),
  };
}
