import type { Cache } from "../cache/mod.ts";
import type { ApiTable } from "../resource/mod.ts";
import type { ClientCertificate } from "./client-certificate.ts";
import type { HeldBytes } from "./held-bytes.ts";
import type { FleetContent } from "./isolation/fleet-content.ts";
import type { StreamLimits } from "./limits.ts";
import type { Variant } from "./request.ts";
import type { ResponseFactory } from "./response.ts";
import type { StreamCallbacks } from "./stream-callbacks.ts";
import type { Trace } from "./trace.ts";

/** The options of a stream. */
export interface DiscoveryStreamOptions {
  readonly id: number;
  readonly variant: Variant;
  readonly api: ApiTable;
  /** The type of the service; undefined on ADS. */
  readonly typeUrl: string | undefined;
  readonly peer?: string | undefined;
  readonly certificate?: ClientCertificate | undefined;
  readonly cache: Cache;
  /** One for a server, so that streams share their responses. */
  readonly responses: ResponseFactory;
  readonly callbacks: StreamCallbacks;
  readonly limits: StreamLimits;
  /** One for a server: the memory of all its streams. Default: without a limit. */
  readonly held?: HeldBytes | undefined;
  /**
   * How long in ADS a change waits until the client has ACKed what it depends on, and a removal until the client has
   * ACKed what stopped using the resource, in milliseconds. 0: nothing waits.
   */
  readonly holdBackMs: number;
  /** One for a server: isolates what clients reject from what they accept. Default: a response is rejected as a whole. */
  readonly fleet?: FleetContent | undefined;
  /** The types of which a first request without names subscribes to the wildcard. Default: as the table says. */
  readonly legacyWildcard?: ReadonlySet<string> | undefined;
  /** Called whenever `next` may have a response, also from within `receive`, and more often than needed. */
  readonly wake: () => void;
  /** Called with an error of the cache that no call can throw, to end the stream; also after `close`. Default: none is. */
  readonly onFault?: ((error: unknown) => void) | undefined;
  /** Receives each decision of the protocol. Default: none are reported, at no cost. */
  readonly trace?: Trace | undefined;
}
