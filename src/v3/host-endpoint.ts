import { ScalarType } from "@bufbuild/protobuf";
import type { HealthStatus } from "../../gen/envoy/config/core/v3/health_check_pb.ts";
import type { EndpointSchema, LbEndpointSchema } from "../../gen/envoy/config/endpoint/v3/endpoint_components_pb.ts";
import { type ByteWriter, type MessageInitShape, scalarWriter, SelfWriting } from "../resource/mod.ts";

type Fields = MessageInitShape<typeof LbEndpointSchema>;

/** What a {@link HostEndpoint} may have beside its address. */
export interface HostEndpointOptions {
  /** `LbEndpoint.load_balancing_weight`. Default: none. */
  readonly weight?: number | undefined;
  /** `LbEndpoint.health_status`. Default: unknown. */
  readonly health?: HealthStatus | undefined;
}

/**
 * An endpoint that has an address and a port, and perhaps a weight and a health: an item of `lbEndpoints`, which is
 * encoded without objects in between.
 */
export class HostEndpoint extends SelfWriting {
  readonly typeName = "envoy.config.endpoint.v3.LbEndpoint";
  readonly #address: string;
  readonly #port: number;
  readonly #weight: number | undefined;
  readonly #health: HealthStatus;

  /**
   * An endpoint.
   *
   * @param address - an IP address or a name
   * @param port - its port
   * @param options - weight and health
   */
  constructor(address: string, port: number, { weight, health = 0 }: HostEndpointOptions = {}) {
    super();
    this.#address = address;
    this.#port = port;
    this.#weight = weight;
    this.#health = health;
  }

  /** The field `host_identifier`. */
  get hostIdentifier(): NonNullable<Fields["hostIdentifier"]> {
    const portSpecifier = { case: "portValue" as const, value: this.#port };
    const value = { address: this.#address, portSpecifier };
    const endpoint: MessageInitShape<typeof EndpointSchema> = {
      address: { address: { case: "socketAddress", value } },
    };
    return { case: "endpoint", value: endpoint };
  }

  /** The field `health_status`. */
  get healthStatus(): HealthStatus {
    return this.#health;
  }

  /** The field `load_balancing_weight`. */
  get loadBalancingWeight(): number | undefined {
    return this.#weight;
  }

  /** See {@link SelfWriting.writeTo}. */
  writeTo(writer: ByteWriter): void {
    if (this.#weight !== undefined) {
      const end = writer.size;
      if (this.#weight !== 0) writeField(writer, UINT32, this.#weight, WEIGHT_VALUE);
      writer.uint32(writer.size - end);
      writer.uint32(LB_ENDPOINT.weight);
    }
    if (this.#health !== 0) writeField(writer, INT32, this.#health, LB_ENDPOINT.health);
    const end = writer.size;
    writeField(writer, UINT32, this.#port, SOCKET_ADDRESS.port);
    if (this.#address !== "") writeField(writer, STRING, this.#address, SOCKET_ADDRESS.address);
    for (const tag of AROUND_ADDRESS) {
      writer.uint32(writer.size - end);
      writer.uint32(tag);
    }
  }
}

const STRING = scalarWriter(ScalarType.STRING);
const UINT32 = scalarWriter(ScalarType.UINT32);
const INT32 = scalarWriter(ScalarType.INT32);

// Tags of fields.
const LB_ENDPOINT = { endpoint: 0x0a, health: 0x10, weight: 0x22 };
const WEIGHT_VALUE = 0x08;
const SOCKET_ADDRESS = { address: 0x12, port: 0x18 };
/** `Address.socket_address`, `Endpoint.address` and `LbEndpoint.endpoint`: each has nothing but the one before. */
const AROUND_ADDRESS = [0x0a, 0x0a, LB_ENDPOINT.endpoint];

function writeField(writer: ByteWriter, { write }: typeof STRING, value: unknown, tag: number): void {
  write(writer, value);
  writer.uint32(tag);
}
