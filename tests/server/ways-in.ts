import { create, type JsonObject, toBinary, toJson } from "@bufbuild/protobuf";
import { createConnectRouter, createContextValues } from "@connectrpc/connect";
import type { UniversalHandler, UniversalServerRequest } from "@connectrpc/connect/protocol";
import {
  DeltaDiscoveryRequestSchema,
  DiscoveryRequestSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import { HealthCheckRequestSchema } from "../../gen/grpc/health/v1/health_pb.ts";
import { ServerReflectionRequestSchema } from "../../gen/grpc/reflection/v1/reflection_pb.ts";
import { CERTIFICATE, type ClientCertificate, type DiscoveryServer } from "../../mod.ts";
import { sizeOfHeaders } from "../../src/server/limits/header-limits.ts";
import { acceptorOf, LOCAL } from "../../src/server/mod.ts";
import { CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { v3 } from "../../src/v3/table.ts";
import { frame } from "./raw-client.ts";

/** What a client says that it is, and what it can show for it. */
export interface Credential {
  readonly nodeId: string;
  /** The header `authorization`. */
  readonly token?: string;
  readonly certificate?: ClientCertificate;
  readonly isLocal?: boolean;
  /** The names that it subscribes to. Default: `a`. */
  readonly names?: readonly string[];
  /** The number of headers that it sends beside those that it must. Default: 0. */
  readonly moreHeaders?: number;
  /** The metadata of its node. Default: none. */
  readonly metadata?: JsonObject;
}

/** A way by which a client reaches the configuration. */
export interface Way {
  readonly title: string;
  /** Empty for a standard service of gRPC. */
  readonly typeUrl: string;
  readonly isStream: boolean;
  /** Which limits its requests can break. Default: all. */
  readonly limits?: readonly string[];
  /** Whether the transport can know a certificate. */
  readonly hasCertificate: boolean;
  open(server: DiscoveryServer, credential: Credential): Attempt;
}

/** One stream or poll. */
export interface Attempt {
  /** `served`, or the status that it was refused with. */
  readonly outcome: Promise<string>;
  /** The status that a stream has ended with after it was served. */
  readonly ended: Promise<string>;
}

/** Every way into a server, read from its routes: a route that no caller below knows is an error. */
export function waysInto(server: DiscoveryServer): Way[] {
  const router = createConnectRouter();
  server.routes(router);
  return router.handlers.flatMap(waysOf);
}

/** The members of a server, and whether they are ways in. */
export const MEMBERS: Readonly<Record<string, boolean>> = {
  routes: true,
  fetch: true,
  "Symbol(ts-control-plane.acceptor)": true,
  streams: false,
  status: false,
  explain: false,
  reauthorize: false,
  retryRejected: false,
  drain: false,
  close: false,
};

function waysOf(handler: UniversalHandler): Way[] {
  const { requestPath: path, protocolNames, method } = handler;
  const standard = STANDARD_METHODS[path];
  if (standard !== undefined) return standardWays(path, standard);
  if (method.methodKind === "bidi_streaming" && protocolNames.join() === "grpc") {
    const shared = { typeUrl: typeOf(handler), isStream: true, hasCertificate: true };
    const message = method.input.typeName.includes("Delta") ? deltaRequest : sotwRequest;
    return [
      {
        ...shared,
        title: `router ${path}`,
        open: (server, credential) =>
          byRouter(server, path, { type: GRPC, body: frame(message(shared.typeUrl, credential)), credential }),
      },
      {
        ...shared,
        title: `transport of listen() ${path}`,
        open: (server, credential) =>
          byAcceptor(server, path, { body: frame(message(shared.typeUrl, credential)), credential }),
      },
    ];
  }
  if (method.methodKind !== "unary") throw new Error(`No test knows how to call ${path}`);
  return protocolNames.flatMap((protocol) => {
    const bodies = BODIES[protocol];
    if (bodies === undefined) throw new Error(`No test knows how to call ${path} by ${protocol}`);
    return bodies.flatMap(({ type, bodyOf, byFetch }) => {
      const shared = { typeUrl: typeOf(handler), isStream: false };
      const call = (credential: Credential) => ({ type, body: bodyOf(shared.typeUrl, credential), credential });
      const ways: Way[] = [{
        ...shared,
        title: `router ${path} ${type}`,
        hasCertificate: true,
        open: (server, credential) => byRouter(server, path, call(credential)),
      }];
      if (byFetch) {
        ways.push({
          ...shared,
          title: `fetch ${path} ${type}`,
          hasCertificate: false,
          open: (server, credential) => byWebFetch(server, path, call(credential)),
        });
      }
      return ways;
    });
  });
}

interface StandardMethod extends Pick<Way, "isStream" | "limits"> {
  readonly bodyOf: (credential: Credential) => Uint8Array;
}

/** The limits of any call. */
const OF_CALLS = ["maxRequestBytes", "maxHeaderBytes", "maxHeaderPairs"];

/** The standard services of gRPC. */
const STANDARD_METHODS: Readonly<Record<string, StandardMethod>> = {
  "/grpc.health.v1.Health/Check": { isStream: false, limits: [...OF_CALLS, "maxNameLength"], bodyOf: named },
  "/grpc.health.v1.Health/Watch": { isStream: true, limits: [...OF_CALLS, "maxNameLength"], bodyOf: named },
  "/grpc.health.v1.Health/List": { isStream: false, limits: OF_CALLS, bodyOf: named },
  ...Object.fromEntries(["v1", "v1alpha"].map((version) => {
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    return [path, { isStream: true, limits: [...OF_CALLS, "maxNameLength"], bodyOf: reflected }];
  })),
};

/** A request of health, whose name the method List does not know. A short name stands for the whole server. */
function named({ names: [name = ""] = [] }: Credential): Uint8Array {
  const service = name.length > 1 ? name : "";
  return toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema, { service }));
}

function reflected({ names: [value = "grpc.health.v1.Health"] = [] }: Credential): Uint8Array {
  const messageRequest = { case: "fileContainingSymbol", value } as const;
  return toBinary(ServerReflectionRequestSchema, create(ServerReflectionRequestSchema, { messageRequest }));
}

function standardWays(path: string, { bodyOf, ...rest }: StandardMethod): Way[] {
  const shared = { ...rest, typeUrl: "", hasCertificate: true };
  return [
    {
      ...shared,
      title: `router ${path}`,
      open: (server, credential) => byRouter(server, path, { type: GRPC, body: frame(bodyOf(credential)), credential }),
    },
    {
      ...shared,
      title: `transport of listen() ${path}`,
      open: (server, credential) => byAcceptor(server, path, { body: frame(bodyOf(credential)), credential }),
    },
  ];
}

const GRPC = "application/grpc";

interface Body {
  readonly type: string;
  readonly bodyOf: (typeUrl: string, credential: Credential) => Uint8Array;
  /** Whether `server.fetch` takes it too. */
  readonly byFetch: boolean;
}

const BODIES: Readonly<Record<string, readonly Body[]>> = {
  rest: [{ type: "application/json", bodyOf: jsonRequest, byFetch: true }],
  grpc: [{ type: GRPC, bodyOf: (typeUrl, credential) => frame(sotwRequest(typeUrl, credential)), byFetch: false }],
  "grpc-web": [{
    type: "application/grpc-web+proto",
    bodyOf: (typeUrl, credential) => frame(sotwRequest(typeUrl, credential)),
    byFetch: false,
  }],
  connect: [
    { type: "application/proto", bodyOf: sotwRequest, byFetch: true },
    { type: "application/json", bodyOf: jsonRequest, byFetch: true },
  ],
};

function typeOf({ service }: UniversalHandler): string {
  return v3.services.find((row) => row.service.typeName === service.typeName)!.typeUrl ?? CLUSTER_TYPE;
}

function sotwRequest(typeUrl: string, credential: Credential): Uint8Array {
  return toBinary(DiscoveryRequestSchema, requestOf(typeUrl, credential));
}

function requestOf(typeUrl: string, { nodeId: id, names = ["a"], metadata = {} }: Credential) {
  return create(DiscoveryRequestSchema, { typeUrl, node: { id, metadata }, resourceNames: [...names] });
}

function deltaRequest(typeUrl: string, credential: Credential): Uint8Array {
  const { node, resourceNames } = requestOf(typeUrl, credential);
  const request = create(DeltaDiscoveryRequestSchema, { typeUrl, node: node!, resourceNamesSubscribe: resourceNames });
  return toBinary(DeltaDiscoveryRequestSchema, request);
}

function jsonRequest(typeUrl: string, credential: Credential): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(toJson(DiscoveryRequestSchema, requestOf(typeUrl, credential))));
}

interface Call {
  readonly type: string;
  readonly body: Uint8Array;
  readonly credential: Credential;
}

function headersOf({ type, credential }: Pick<Call, "type" | "credential">): Headers {
  const { token, moreHeaders = 0 } = credential;
  const headers = new Headers({ "content-type": type, ...token !== undefined && { authorization: token } });
  for (let i = 0; i < moreHeaders; i++) headers.set(`x-${i}`, "");
  return headers;
}

/** By the handlers of a router, as any adapter calls them. */
function byRouter(server: DiscoveryServer, path: string, call: Call): Attempt {
  const router = createConnectRouter();
  server.routes(router);
  const ended = Promise.withResolvers<string>();
  const handler = router.handlers.find(({ requestPath, supportedContentType }) => {
    return requestPath === path && supportedContentType(call.type);
  })!;
  const isStream = handler.method.methodKind !== "unary";
  async function* body() {
    yield call.body;
    if (isStream) await ended.promise; // a client that waits
  }
  async function run(): Promise<string> {
    const response = await handler({
      httpVersion: "2",
      method: "POST",
      url: `http://localhost${path}`,
      header: headersOf(call),
      body: body(),
      signal: new AbortController().signal,
      contextValues: createContextValues().set(CERTIFICATE, call.credential.certificate).set(
        LOCAL,
        call.credential.isLocal ?? false,
      ),
    } as UniversalServerRequest);
    const chunks = response.body?.[Symbol.asyncIterator]();
    const first = await chunks?.next();
    if (!isStream) {
      for (let next = first; next?.done === false;) next = await chunks!.next();
      const text = first?.value === undefined ? "" : new TextDecoder().decode(first.value);
      return outcomeOf(response.status, response.trailer?.get("grpc-status") ?? /grpc-status: (\d+)/.exec(text)?.[1]);
    }
    const end = (async () => {
      for (let next = first; next?.done === false;) next = await chunks!.next();
      return outcomeOf(200, response.trailer!.get("grpc-status"));
    })();
    void end.then(ended.resolve);
    return first?.done === false ? "served" : await end;
  }
  return { outcome: run(), ended: ended.promise };
}

/** Past the router, as `listen()` does. */
function byAcceptor(server: DiscoveryServer, path: string, { body, credential }: Omit<Call, "type">): Attempt {
  const outcome = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<string>();
  const stream = acceptorOf(server)!(path)!({
    timeout: null,
    headerSize: sizeOfHeaders(headersOf({ type: GRPC, credential })),
    client: {
      peer: "192.0.2.1:5",
      certificate: credential.certificate,
      isLocal: credential.isLocal ?? false,
      method: path,
      headers: headersOf({ type: GRPC, credential }),
    },
    transport: {
      write() {
        outcome.resolve("served");
        return true;
      },
      end(trailer) {
        const status = outcomeOf(200, trailer.get("grpc-status"));
        outcome.resolve(status);
        ended.resolve(status);
      },
      abort() {},
      pause() {},
      resume() {},
      unreadBytes: 0,
      leave() {},
    },
  });
  stream.writable();
  stream.push(body);
  return { outcome: outcome.promise, ended: ended.promise };
}

function byWebFetch(server: DiscoveryServer, path: string, call: Call): Attempt {
  async function run(): Promise<string> {
    const init = { method: "POST", headers: headersOf(call), body: call.body as BufferSource };
    const response = await server.fetch(new Request(`http://localhost${path}`, init));
    await response.text();
    return outcomeOf(response.status, undefined);
  }
  return { outcome: run(), ended: Promise.resolve("") };
}

function outcomeOf(httpStatus: number, grpcStatus: string | null | undefined): string {
  const code = httpStatus === 200 ? Number(grpcStatus ?? 0) : httpStatus;
  return OUTCOMES[code] ?? `status ${code}`;
}

const OUTCOMES: Readonly<Record<number, string>> = {
  0: "served",
  7: "denied",
  403: "denied",
  16: "unauthenticated",
  401: "unauthenticated",
  3: "invalid",
  400: "invalid",
  8: "exhausted",
  413: "exhausted",
  429: "exhausted",
  431: "exhausted",
  14: "unavailable",
  503: "unavailable",
};
