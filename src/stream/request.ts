import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { RejectionReason } from "./isolation/rejection-reason.ts";

/** The protocol variant of a stream: state of the world, or incremental. */
export type Variant = "sotw" | "delta";

/** A request of either variant, with the fields that the protocol reads. */
export interface DiscoveryRequest {
  /** The type URL; empty where the client leaves it to the service. */
  readonly typeUrl: string;
  /** The nonce of the response that the request ACKs or NACKs; empty for none. */
  readonly nonce: string;
  /** Present where the client rejects a response: `error_detail`. Nothing else makes a NACK. */
  readonly error: RejectionReason | undefined;
  /** SotW `version_info`, for people to read; the protocol goes by nonces and by what was sent. */
  readonly versionInfo: string;
  /** SotW: all names that are subscribed from now on. Delta: those to subscribe to. */
  readonly names: readonly string[];
  /** Delta: the names to unsubscribe from. */
  readonly unsubscribe: readonly string[];
  /** Delta: the versions of the resources that the client holds already, by name. */
  readonly initialVersions: ReadonlyMap<string, string>;
  /**
   * The bytes of the node, not decoded; undefined where it is left out. They are valid during the call that hands out
   * the request: copy what has to be kept.
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

/** The length at which the client's reason of a NACK is cut off, in UTF-16 units. */
const MAX_ERROR_LENGTH = 4096;
/** In UTF-8, of a UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;

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

function decodeStatus(bytes: Uint8Array): RejectionReason {
  const reader = new BinaryReader(bytes);
  let code = 0;
  let message = "";
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === 1 && wireType === WireType.Varint) code = reader.int32();
    else if (number === 2 && wireType === WireType.LengthDelimited) message = beginningOf(reader.bytes());
    else reader.skip(wireType, number);
  }
  return new RejectionReason(code, message);
}

/** The beginning of a text, decoded by itself: a part of a long string would keep all of it in memory. */
function beginningOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, MAX_ERROR_LENGTH * MAX_BYTES_PER_UNIT)).slice(0, MAX_ERROR_LENGTH);
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
