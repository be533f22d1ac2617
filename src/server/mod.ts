export type { DiscoveryCallbacks } from "./callbacks.ts";
export {
  createDiscoveryServer,
  type DiscoveryServer,
  type DiscoveryServerOptions,
  type DrainOptions,
  type ServerStatus,
  type StreamStatus,
} from "./discovery-server.ts";
export { PEER } from "./peer.ts";
