import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
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
import { normalName, stringsAt } from "../../src/resource/mod.ts";
import { ads, cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";
import {
  ALL_TYPES,
  type AnyType,
  type Expect,
  type Send,
  type Step,
  type Transcript,
  type World,
} from "./transcript.ts";

export type Request = DiscoveryRequest | DeltaDiscoveryRequest;
export type Response = DiscoveryResponse | DeltaDiscoveryResponse;

/** A client on one stream, over any transport. */
export interface Peer {
  send(request: Uint8Array): void;
  /** The next response; undefined if there is none, or the stream has ended. */
  next(): Promise<Response | undefined>;
  /** Resolves once the server has processed all requests. */
  settle(): Promise<void>;
  /** Settles, and returns the next response if there is one. Call it last: responses after it may be lost. */
  rest(): Promise<Response | undefined>;
  /** Lets time pass. */
  wait(ms: number): Promise<void>;
  /** Set if the server is another project's and cannot read the cache. */
  readonly foreign?: Foreign;
  /** The status with which the stream ended. */
  ended(): Promise<string>;
  close(): Promise<void>;
}

/** A server of another project, which is given its resources. */
export interface Foreign {
  /** Undefined: removes the configuration; not the same as an empty one. */
  publish(resources: readonly Resource[] | undefined): Promise<void>;
  /** The version of a resource in its delta responses. */
  versionOf(resource: Resource): Promise<string>;
}

/** Connects a client to a server that serves the cache. */
export type Connect = (transcript: Transcript, cache: SnapshotCache, callbacks: DiscoveryCallbacks) => Promise<Peer>;

/** Field numbers in the messages that stand for resources of all types but clusters. */
const NAME = 1;
const CONTENT = 1000;
/** Field numbers of references to other types, and of domains. */
const DOMAINS = 2;
const VHDS = 9;
const LEDS = [2, 8, 2] as const;

/** The node of requests without a node of their own. */
const NODE = { id: "node" };

/** Plays a transcript and fails at the first step that the server does not follow. */
export async function runTranscript(transcript: Transcript, connect: Connect): Promise<void> {
  const cache = new SnapshotCache({ nodeHash: ({ cluster }) => cluster || "all" });
  const calls: string[] = [];
  if (transcript.world) publish(cache, transcript.world);
  const peer = await connect(transcript, cache, recorder(calls));
  if (transcript.world) await peer.foreign?.publish(resourcesOf(transcript.world));
  const received = new Map<string, Received>();
  try {
    for (const [i, step] of transcript.steps.entries()) {
      await play(step, `step ${i + 1}: ${JSON.stringify(step)}`, { transcript, cache, peer, received, calls });
    }
  } finally {
    await peer.close();
  }
  if (peer.foreign) return;
  const watches = cache.status().flatMap(({ types }) => types.map((type) => type.watches));
  expect(watches.filter((count) => count > 0), "watches left open").toEqual([]);
}

/** The responses of a type that the client received. */
interface Received {
  readonly nonces: string[];
  /** `version_info` of the last response, and of the last ACKed one. */
  last: string;
  accepted: string;
}

interface Play {
  readonly transcript: Transcript;
  readonly cache: SnapshotCache;
  readonly peer: Peer;
  /** By type URL. */
  readonly received: Map<string, Received>;
  readonly calls: string[];
}

async function play(step: Step, where: string, { transcript, cache, peer, received, calls }: Play): Promise<void> {
  if ("send" in step) return peer.send(await encodeRequest(transcript, step.send, received, peer.foreign));
  // The server has processed all requests before the publication, or before its callbacks are compared.
  if ("apply" in step || "callbacks" in step) await peer.settle();
  if ("apply" in step) {
    if (step.apply) publish(cache, step.apply);
    else cache.clearSnapshot("all");
    return peer.foreign?.publish(step.apply ? resourcesOf(step.apply) : undefined);
  }
  if ("wait" in step) return peer.wait(step.wait);
  if ("ends" in step) return expect(await peer.ended(), where).toBe(step.ends);
  if ("callbacks" in step && peer.foreign) return;
  if ("callbacks" in step) return expect(calls.splice(0), where).toEqual(step.callbacks);
  if ("quiet" in step) {
    const response = await peer.rest();
    return expect(show(response && describe(response)), where).toBe(NOTHING);
  }
  const response = await peer.next();
  expect(show(response && describe(response)), where).toBe(show(step.expect));
  const { typeUrl, nonce } = response!;
  const { nonces, accepted } = received.get(typeUrl) ?? { nonces: [], accepted: "" };
  expect(nonce, `${where}: nonce`).not.toBe("");
  expect(nonces, `${where}: nonces are unique`).not.toContain(nonce);
  const last = "versionInfo" in response! ? response.versionInfo : "";
  received.set(typeUrl, { nonces: [...nonces, nonce], last, accepted });
}

async function encodeRequest(
  { variant }: Transcript,
  send: Send,
  received: ReadonlyMap<string, Received>,
  foreign: Foreign | undefined,
): Promise<Uint8Array> {
  const typeUrl = send.type ? ALL_TYPES[send.type] : "";
  const has = received.get(typeUrl);
  const known = has?.nonces ?? [];
  // Like real clients, requests carry the version of the last response that was ACKed.
  if (has !== undefined && send.nonce === "last" && send.nack === undefined) has.accepted = has.last;
  const nonce = send.nonce === "last" || send.nack !== undefined
    ? known.at(-1)
    : send.nonce === "previous"
    ? known.at(-2)
    : send.nonce ?? "";
  if (nonce === undefined) throw new Error("Cannot set the nonce: there was no such response");
  const common = {
    typeUrl,
    responseNonce: nonce,
    ...(send.node !== null && { node: send.node ?? NODE }),
    ...(send.nack !== undefined && { errorDetail: { code: 3, message: send.nack } }),
  };
  if (variant === "sotw") {
    const request = create(DiscoveryRequestSchema, {
      ...common,
      versionInfo: send.version ?? has?.accepted ?? "",
      resourceNames: [...send.names ?? []],
      resourceLocators: (send.locators ?? []).map((name) => ({ name })),
    });
    return toBinary(DiscoveryRequestSchema, request);
  }
  const initial: Record<string, string> = {};
  for (const [name, content] of Object.entries(send.initial ?? {})) {
    const resource = make(send.type!, name, content);
    initial[name] = await foreign?.versionOf(resource) ?? resource.version;
  }
  const request = create(DeltaDiscoveryRequestSchema, {
    ...common,
    resourceNamesSubscribe: [...send.subscribe ?? []],
    resourceNamesUnsubscribe: [...send.unsubscribe ?? []],
    resourceLocatorsSubscribe: (send.locators ?? []).map((name) => ({ name })),
    resourceLocatorsUnsubscribe: (send.unsubscribeLocators ?? []).map((name) => ({ name })),
    initialResourceVersions: initial,
  });
  return toBinary(DeltaDiscoveryRequestSchema, request);
}

function publish(cache: SnapshotCache, world: World): void {
  cache.setSnapshot("all", new Snapshot({ resources: resourcesOf(world) }));
}

function resourcesOf(world: World): Resource[] {
  return Object.entries(world).flatMap(([type, names]) =>
    Object.entries(names).map(([name, content]) => make(type as AnyType, name, content))
  );
}

function make(type: AnyType, name: string, text: string): Resource {
  const [content = "", ttl] = text.split(" ttl=");
  const options = ttl === undefined ? {} : { ttlMs: Number(ttl) };
  if (ALL_TYPES[type] !== CLUSTER_TYPE) {
    return rawResource(ALL_TYPES[type], name, encodeContent(name, content), options);
  }
  return cluster({
    name,
    altStatName: content,
    clusterDiscoveryType: { case: "type", value: 3 },
    edsClusterConfig: { edsConfig: ads() },
  }, options);
}

/** The name is field 1 of all of these messages; the content is in an unknown field, which keeps the message valid. */
function encodeContent(name: string, text: string): Uint8Array {
  const [content = "", domains] = text.split(" domains=");
  const writer = new BinaryWriter().tag(NAME, WireType.LengthDelimited).string(name);
  for (const domain of domains?.split(",") ?? []) writer.tag(DOMAINS, WireType.LengthDelimited).string(domain);
  if (content.endsWith(" vhds")) writer.tag(VHDS, WireType.LengthDelimited).bytes(new Uint8Array());
  const [, collection] = content.split(" leds=");
  if (collection !== undefined) writeAt(writer, LEDS, collection);
  return writer.tag(CONTENT, WireType.LengthDelimited).string(content).finish();
}

function writeAt(writer: BinaryWriter, [field, ...path]: readonly number[], value: string): void {
  writer.tag(field!, WireType.LengthDelimited);
  if (path.length === 0) writer.string(value);
  else {
    writer.fork();
    writeAt(writer, path, value);
    writer.join();
  }
}

/** A response in the form of an expectation. The content is read from the bytes, as made above. */
function describe(response: Response): Expect {
  const type = (Object.keys(ALL_TYPES) as AnyType[]).find((key) => ALL_TYPES[key] === response.typeUrl)!;
  const resources = response.resources.map((entry) => {
    if (entry.$typeName === "envoy.service.discovery.v3.Resource") return describeWrapped(entry, response);
    const wrapped = anyUnpack(entry, ResourceSchema);
    if (wrapped !== undefined) return describeWrapped(wrapped, response);
    expect(entry.typeUrl).toBe(response.typeUrl);
    return read(entry);
  });
  return { type, resources, removed: "removedResources" in response ? response.removedResources : [] };
}

function describeWrapped({ name, resource, ttl, aliases }: Wrapped, { typeUrl }: Response): string {
  const ending = ttl === undefined ? "" : ` ttl=${Number(ttl.seconds) * 1000 + ttl.nanos / 1e6}`;
  if (resource === undefined && aliases.length > 0) return `${name} missing`;
  if (resource === undefined) return `${name} heartbeat${ending}`;
  expect(resource.typeUrl).toBe(typeUrl);
  const [inner, content] = readContent(resource);
  expect(normalName(inner), `${name} is ${inner}`).toBe(normalName(name));
  const others = aliases.length > 0 ? ` aka ${aliases.toSorted().join(" ")}` : "";
  return `${name}=${content}${others}${ending}`;
}

function read(any: Any): string {
  return readContent(any).join("=");
}

function readContent({ typeUrl, value }: Any): [name: string, content: string] {
  if (typeUrl !== CLUSTER_TYPE) return [stringsAt(value, [NAME])[0] ?? "", stringsAt(value, [CONTENT])[0] ?? ""];
  const { name, altStatName } = fromBinary(ClusterSchema, value);
  return [name, altStatName];
}

const NOTHING = "no response";

/** In one line, independent of the order of names. */
function show(response: Expect | undefined): string {
  if (response === undefined) return NOTHING;
  const { type, resources = [], removed = [] } = response;
  return [type, ...resources.toSorted(), ...removed.toSorted().map((name) => `-${name}`)].join(" ");
}

function recorder(calls: string[]): DiscoveryCallbacks {
  const label = (typeUrl: string) => Object.entries(ALL_TYPES).find(([, url]) => url === typeUrl)?.[0] ?? typeUrl;
  return {
    onAck: (_stream, { typeUrl }) => void calls.push(`ack ${label(typeUrl)}`),
    onNack: (_stream, { typeUrl, message }) => void calls.push(`nack ${label(typeUrl)}: ${message}`),
  };
}
