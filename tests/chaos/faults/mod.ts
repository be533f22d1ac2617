import type { Fault } from "../fault.ts";
import { BACKEND_FAULTS } from "./backends.ts";
import { CONFIGURATION_FAULTS } from "./configurations.ts";
import { CONNECTION_FAULTS } from "./connections.ts";
import { ENVOY_FAULTS } from "./envoys.ts";
import { SERVER_FAULTS } from "./servers.ts";

/** All of them. */
export const FAULTS: readonly Fault[] = [
  ...ENVOY_FAULTS,
  ...SERVER_FAULTS,
  ...CONNECTION_FAULTS,
  ...BACKEND_FAULTS,
  ...CONFIGURATION_FAULTS,
];
