import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type SecureClientSessionOptions,
} from "node:http2";
import { FrameReader } from "../../src/server/streams/frame-reader.ts";

const ADS = "/envoy.service.discovery.v3.AggregatedDiscoveryService/";
export const SOTW_PATH = `${ADS}StreamAggregatedResources`;
export const DELTA_PATH = `${ADS}DeltaAggregatedResources`;

/** The parts of a response that these tests check. */
export interface RawResponse {
  readonly version: string;
  readonly nonce: string;
  readonly resources: number;
}

/** A gRPC client made of HTTP/2 alone, so that it can break every rule. */
export class RawClient implements AsyncDisposable {
  readonly session: ClientHttp2Session;

  constructor(url: string, options: SecureClientSessionOptions = {}) {
    this.session = connect(url, options);
    this.session.on("error", () => {});
  }

  open(headers: Record<string, string> = {}): RawStream {
    return new RawStream(this.session.request({
      ":method": "POST",
      ":path": SOTW_PATH,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.session.destroyed) return;
    const closed = new Promise((resolve) => this.session.once("close", resolve));
    this.session.destroy();
    await closed;
  }
}

export class RawStream {
  readonly http: ClientHttp2Stream;
  /** Headers and trailers, once the stream has ended. */
  readonly ended: Promise<IncomingHttpHeaders>;
  readonly responses: RawResponse[] = [];
  readonly #reader = new FrameReader(2 ** 30);
  #more = (): void => {};

  constructor(http: ClientHttp2Stream) {
    this.http = http;
    const received: IncomingHttpHeaders = {};
    http.on("response", (headers) => Object.assign(received, headers));
    http.on("trailers", (headers) => Object.assign(received, headers));
    http.on("error", () => {});
    http.on("data", (chunk: Uint8Array) => {
      if (received["content-type"]?.startsWith("application/grpc") === false) return; // a refusal in plain text, or REST
      this.#reader.push(chunk, (message) => this.responses.push(decodeSotw(message)));
      this.#more();
    });
    this.ended = new Promise((resolve) => {
      http.once("end", () => resolve(received));
      http.once("close", () => resolve(received));
    });
  }

  send(message: Uint8Array): void {
    this.http.write(frame(message));
  }

  /** Waits until so many responses have arrived. */
  async received(count: number): Promise<RawResponse> {
    while (this.responses.length < count) await new Promise<void>((resolve) => this.#more = resolve);
    return this.responses[count - 1]!;
  }
}

/** An encoded `DiscoveryRequest` for all resources of a type. */
export function sotwRequest(fields: { type: string; nodeId?: string; nonce?: string; version?: string }): Uint8Array {
  const writer = new BinaryWriter();
  if (fields.version !== undefined) writer.tag(1, WireType.LengthDelimited).string(fields.version);
  if (fields.nodeId !== undefined) {
    writer.tag(2, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(fields.nodeId).join();
  }
  writer.tag(4, WireType.LengthDelimited).string(fields.type);
  if (fields.nonce !== undefined) writer.tag(5, WireType.LengthDelimited).string(fields.nonce);
  return writer.finish();
}

export function frame(message: Uint8Array): Uint8Array {
  const framed = new Uint8Array(5 + message.length);
  new DataView(framed.buffer).setUint32(1, message.length);
  framed.set(message, 5);
  return framed;
}

function decodeSotw(message: Uint8Array): RawResponse {
  const reader = new BinaryReader(message);
  const found = { version: "", nonce: "", resources: 0 };
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === 1) found.version = reader.string();
    else if (number === 5) found.nonce = reader.string();
    else {
      if (number === 2) found.resources++;
      reader.skip(wireType, number);
    }
  }
  return found;
}
