import type { ClientKind } from "./clients.ts";
import type { World } from "./world.ts";

/**
 * Something that must work with a client. It throws if it does not; beyond that the program holds of each that no call
 * fails, that the client rejects nothing, and that the server has no error.
 */
export interface Case {
  readonly name: string;
  /** Which clients can show it. Default: all. */
  readonly clients?: (client: ClientKind) => boolean;
  /** Runs on every runtime. Default: on the one that this program runs on. */
  readonly everywhere?: boolean;
  /** The age at which the server ends connections. Default: none. */
  readonly maxConnectionAgeMs?: number;
  /** Whether calls fail, as the case shows. Default: false. */
  readonly callsFail?: boolean;
  run(world: World): Promise<void>;
}

export const speaksV3 = ({ api }: ClientKind): boolean => api === "v3";
/** Has the packages for health and reflection among those that it is made of. */
export const describes = ({ name }: ClientKind): boolean => name === "grpc-go" || name === "grpcio";
export const isServer = ({ server }: ClientKind): boolean => server.works;

/** Takes a resource that was deleted and comes back with the same content; grpc-js takes it for one that never went. */
export const noticesReturn = ({ name }: ClientKind): boolean => name !== "grpc-js";

/** Stops using the endpoints of a cluster that has none left; grpc-java accepts that, and keeps those it had. */
export const heedsNone = ({ name }: ClientKind): boolean => name !== "grpc-java";
