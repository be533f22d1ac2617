import { create, type DescFile } from "@bufbuild/protobuf";
import { Code, type ConnectError } from "@connectrpc/connect";
import {
  ErrorResponseSchema,
  ExtensionNumberResponseSchema,
  FileDescriptorResponseSchema,
  ListServiceResponseSchema,
  ServerReflection,
  type ServerReflectionRequest,
  ServerReflectionRequestSchema,
  type ServerReflectionResponse,
  ServerReflectionResponseSchema,
} from "../../../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionV1Alpha } from "../../../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import type { AccessQuery } from "../../stream/mod.ts";
import { clientError } from "../client-error.ts";
import type { Descriptors } from "./descriptors.ts";
import { frameOf } from "./frame.ts";
import { type CallContext, checkNames, decode, type ServiceCall, type ServiceMethod } from "./service-call.ts";

/** The services of {@link reflectionMethods}. Their messages are the same, but for the names of their package. */
export const REFLECTION_SERVICES = [ServerReflection, ServerReflectionV1Alpha] as const;

/**
 * The methods of gRPC's server reflection, by which tools such as grpcurl find out what a server serves.
 * Source: https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
export function reflectionMethods(descriptors: Descriptors): ServiceMethod[] {
  return REFLECTION_SERVICES.map((service) => ({
    method: service.method.serverReflectionInfo,
    open: (context) => new ReflectionCall(descriptors, context),
  }));
}

/**
 * One stream of requests, which get their responses in their order. The next one is made when the client has room for it,
 * and meanwhile no more requests are read.
 *
 * Invariants: while requests wait at most those of one chunk are added to them, and each is counted as held; at most one lookup runs, that of the oldest request.
 */
class ReflectionCall implements ServiceCall<ServerReflectionRequest> {
  readonly info = undefined;
  readonly dueAt = undefined;
  readonly #descriptors: Descriptors;
  readonly #context: CallContext;
  /** The files that the client has. */
  readonly #sent = new Set<DescFile>();
  #waiting: ServerReflectionRequest[] = [];
  #isLookingUp = false;
  #found: ServerReflectionResponse["messageResponse"] | undefined = undefined;
  #hasAccess = false;

  constructor(descriptors: Descriptors, context: CallContext) {
    this.#descriptors = descriptors;
    this.#context = context;
  }

  receive(message: Uint8Array): void {
    this.take(this.read(message));
  }

  read(message: Uint8Array): ServerReflectionRequest {
    const request = decode(ServerReflectionRequestSchema, message);
    const maxNameLength = Math.min(this.#context.maxNameLength, MAX_SYMBOL_LENGTH);
    checkNames(textsOf(request), { maxNameLength });
    return request;
  }

  addedAccess(): readonly AccessQuery[] | undefined {
    return this.#hasAccess ? undefined : EVERYTHING;
  }

  presentAccess(): readonly AccessQuery[] {
    return this.#hasAccess ? EVERYTHING : [];
  }

  take(request: ServerReflectionRequest): void {
    this.#hasAccess = true;
    this.#context.hold(BYTES_PER_REQUEST);
    this.#waiting.push(request);
    this.#context.pause();
    if (this.#waiting.length === 1) this.#context.wake();
  }

  next(): { readonly frame: Uint8Array } | undefined {
    const [originalRequest] = this.#waiting;
    if (originalRequest === undefined) return undefined;
    const messageResponse = this.#found;
    if (messageResponse === undefined) {
      if (!this.#isLookingUp) void this.#lookUp(originalRequest);
      return undefined;
    }
    this.#found = undefined;
    this.#waiting.shift();
    this.#context.hold(-BYTES_PER_REQUEST);
    if (this.#waiting.length === 0) this.#context.resume();
    const { host: validHost } = originalRequest;
    const response = create(ServerReflectionResponseSchema, { validHost, originalRequest, messageResponse });
    return { frame: frameOf(ServerReflectionResponseSchema, response) };
  }

  isComplete(halfClosed: boolean): boolean {
    return halfClosed && this.#waiting.length === 0;
  }

  close(): void {
    this.#context.hold(-BYTES_PER_REQUEST * this.#waiting.length);
    this.#waiting = [];
  }

  async #lookUp(request: ServerReflectionRequest): Promise<void> {
    this.#isLookingUp = true;
    try {
      this.#found = await this.#responseTo(request);
    } catch (error) { // the table of the API, and so its finder of messages, may be the user's own
      this.#context.fault(error);
      this.#found = errorOf(clientError(error));
    }
    this.#isLookingUp = false;
    this.#context.wake();
  }

  async #responseTo({ messageRequest }: ServerReflectionRequest): Promise<ServerReflectionResponse["messageResponse"]> {
    const descriptors = this.#descriptors;
    switch (messageRequest.case) {
      case "listServices": {
        const service = descriptors.serviceNames.map((name) => ({ name }));
        return { case: "listServicesResponse", value: create(ListServiceResponseSchema, { service }) };
      }
      case "fileByFilename":
        return this.#files(descriptors.byName(messageRequest.value));
      case "fileContainingSymbol":
        return this.#files(await descriptors.withSymbol(messageRequest.value));
      case "fileContainingExtension": {
        const { containingType, extensionNumber } = messageRequest.value;
        return this.#files(descriptors.extension(containingType, extensionNumber)?.file);
      }
      case "allExtensionNumbersOfType": {
        const extensionNumber = descriptors.extensionNumbers(messageRequest.value);
        if (extensionNumber === undefined) return notFound();
        const value = { baseTypeName: messageRequest.value, extensionNumber };
        return { case: "allExtensionNumbersResponse", value: create(ExtensionNumberResponseSchema, value) };
      }
      default:
        return errorResponse(Code.InvalidArgument, "Cannot reflect: the request is empty, or of an unknown kind");
    }
  }

  /** A file, and those that it imports and the client does not have. */
  #files(file: DescFile | undefined): ServerReflectionResponse["messageResponse"] {
    if (file === undefined) return notFound();
    const files = [file, ...this.#imports(file)];
    const fileDescriptorProto = files.map((each) => this.#descriptors.encoded(each));
    return { case: "fileDescriptorResponse", value: create(FileDescriptorResponseSchema, { fileDescriptorProto }) };
  }

  #imports(file: DescFile): DescFile[] {
    this.#sent.add(file);
    return file.dependencies.flatMap((each) => this.#sent.has(each) ? [] : [each, ...this.#imports(each)]);
  }
}

/** A request that waits, with its texts. */
const BYTES_PER_REQUEST = 2_500;
/** Longer than any name of protobuf; a lookup takes a time that is quadratic in the number of its dots. */
const MAX_SYMBOL_LENGTH = 1_000;

/** The access to reflection is one: whoever may use it sees all of the API. */
const EVERYTHING: readonly AccessQuery[] = [{ typeUrl: "", names: ["*"] }];

function textsOf({ host, messageRequest: { case: kind, value } }: ServerReflectionRequest): string[] {
  if (kind === undefined) return [host];
  return [host, kind === "fileContainingExtension" ? value.containingType : value];
}

function notFound(): ServerReflectionResponse["messageResponse"] {
  return errorResponse(Code.NotFound, "Cannot reflect: not found");
}

function errorOf({ code, rawMessage }: ConnectError): ServerReflectionResponse["messageResponse"] {
  return errorResponse(code, rawMessage);
}

function errorResponse(errorCode: Code, errorMessage: string): ServerReflectionResponse["messageResponse"] {
  return { case: "errorResponse", value: create(ErrorResponseSchema, { errorCode, errorMessage }) };
}
