import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** Which of the two kinds of streams it is: state of the world, or incremental. */
export type Variant = "sotw" | "delta";

/** A request of either variant, as far as the protocol looks at it. */
export interface DiscoveryRequest {
  /** The type that is requested; empty where the client leaves it to the service. */
  readonly typeUrl: string;
  /** Empty where the request answers no response. */
  readonly nonce: string;
  /** Present where the client rejects a response: `error_detail`. Nothing else makes a NACK. */
  readonly error: { readonly code: number; readonly message: string } | undefined;
  /** SotW `version_info`, for people to read; the protocol goes by nonces and by what was sent. */
  readonly versionInfo: string;
  /** SotW: all names that the client wants from now on. Delta: those to add. */
  readonly names: readonly string[];
  /** Delta: the names to drop. */
  readonly unsubscribe: readonly string[];
  /** Delta: what the client has already, by name. */
  readonly initialVersions: ReadonlyMap<string, string>;
  /**
   * The bytes of the node, not decoded; undefined where it is left out. They are good for the duration of the call that
   * hands out the request: copy what is to be kept.
   */
  readonly node: Uint8Array | undefined;
}

/** Decodes the few fields that matter. The node stays bytes: a real Envoy repeats 61 kB of them in each request. */
export function decodeRequest(variant: Variant, bytes: Uint8Array): DiscoveryRequest {
  const fields = variant === "sotw" ? SOTW : DELTA;
  const names: string[] = [];
  const unsubscribe: string[] = [];
  let initialVersions: Map<string, string> | undefined;
  let typeUrl = "";
  let nonce = "";
  let versionInfo = "";
  let error: DiscoveryRequest["error"];
  let node: Uint8Array | undefined;
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = wireType === WireType.LengthDelimited ? fields[number] : undefined;
    switch (field) {
      case "node":
        node = reader.bytes();
        break;
      case "typeUrl":
        typeUrl = reader.string();
        break;
      case "nonce":
        nonce = reader.string();
        break;
      case "versionInfo":
        versionInfo = reader.string();
        break;
      case "names":
        names.push(reader.string());
        break;
      case "unsubscribe":
        unsubscribe.push(reader.string());
        break;
      case "locators":
        names.push(decodeLocator(reader.bytes()));
        break;
      case "unsubscribeLocators":
        unsubscribe.push(decodeLocator(reader.bytes()));
        break;
      case "initialVersions": {
        const [name, version] = decodeEntry(reader.bytes());
        (initialVersions ??= new Map()).set(name, version);
        break;
      }
      case "error":
        error = decodeStatus(reader.bytes());
        break;
      default:
        reader.skip(wireType, number);
    }
  }
  return { typeUrl, nonce, error, versionInfo, names, unsubscribe, initialVersions: initialVersions ?? NONE, node };
}

/** How much is kept of what a client says of a rejected response, in UTF-16 units. */
const MAX_ERROR_LENGTH = 4096;

const NONE: ReadonlyMap<string, string> = new Map();

type Field =
  | "versionInfo"
  | "node"
  | "names"
  | "typeUrl"
  | "nonce"
  | "error"
  | "locators"
  | "unsubscribe"
  | "unsubscribeLocators"
  | "initialVersions";

/** The fields of `DiscoveryRequest` by number. */
const SOTW: readonly (Field | undefined)[] = [
  undefined,
  "versionInfo",
  "node",
  "names",
  "typeUrl",
  "nonce",
  "error",
  "locators",
];

/** The fields of `DeltaDiscoveryRequest` by number. */
const DELTA: readonly (Field | undefined)[] = [
  undefined,
  "node",
  "typeUrl",
  "names",
  "unsubscribe",
  "initialVersions",
  "nonce",
  "error",
  "locators",
  "unsubscribeLocators",
];

function decodeEntry(bytes: Uint8Array): [key: string, value: string] {
  const { 1: key = "", 2: value = "" } = decodeStrings(bytes);
  return [key, value];
}

function decodeLocator(bytes: Uint8Array): string {
  return decodeStrings(bytes)[1] ?? "";
}

function decodeStatus(bytes: Uint8Array): { code: number; message: string } {
  const reader = new BinaryReader(bytes);
  let code = 0;
  let message = "";
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === 1 && wireType === WireType.Varint) code = reader.int32();
    else if (number === 2 && wireType === WireType.LengthDelimited) message = reader.string();
    else reader.skip(wireType, number);
  }
  return { code, message: message.slice(0, MAX_ERROR_LENGTH) };
}

/** The strings in fields 1 and 2 of a message. */
function decodeStrings(bytes: Uint8Array): { 1?: string; 2?: string } {
  const found: { 1?: string; 2?: string } = {};
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (wireType === WireType.LengthDelimited && (number === 1 || number === 2)) found[number] = reader.string();
    else reader.skip(wireType, number);
  }
  return found;
}
