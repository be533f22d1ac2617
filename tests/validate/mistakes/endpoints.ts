import { socket } from "./parts.ts";
import { endpointOf, mistakes } from "./mistake.ts";

export const ENDPOINTS = mistakes({
  "endpoints: host name over EDS": (config) => endpointOf(config).endpoint.address = socket("localhost", 80),
  "endpoints: IPv6 address in brackets": (config) => endpointOf(config).endpoint.address = socket("[::1]", 80),
  "endpoints: address with a mask": (config) => endpointOf(config).endpoint.address = socket("10.0.0.0/8", 80),
  "endpoints: octet above 255": (config) => endpointOf(config).endpoint.address = socket("10.0.0.256", 80),
  "endpoints: empty address": (config) => endpointOf(config).endpoint.address = socket("", 80),
  "endpoints: port above 65535": (config) => endpointOf(config).endpoint.address = socket("127.0.0.1", 70_000),
  "endpoints: no address": (config) => endpointOf(config).endpoint = {},
  "endpoints: weight of 0": (config) => endpointOf(config).load_balancing_weight = 0,
  "endpoints: locality of weight 0": ({ endpoints }) => endpoints["web"].endpoints[0].load_balancing_weight = 0,
  "endpoints: priority above 128": ({ endpoints }) => endpoints["web"].endpoints[0].priority = 129,
  "endpoints: no name in the message": ({ endpoints }) => endpoints["web"].cluster_name = "",
  "endpoints: another name in the message": ({ endpoints }) => endpoints["web"].cluster_name = "wbe",
  "endpoints: drop percentage without a category": ({ endpoints }) =>
    endpoints["web"].policy = { drop_overloads: [{ drop_percentage: { numerator: 1 } }] },
  "endpoints: additional address that is a host name": (config) =>
    endpointOf(config).endpoint.additional_addresses = [{ address: socket("localhost", 80) }],
  "endpoints: overprovisioning_factor of 0": ({ endpoints }) =>
    endpoints["web"].policy = { overprovisioning_factor: 0 },
  "endpoints: unknown named endpoint": ({ endpoints }) =>
    endpoints["web"].endpoints[0].lb_endpoints = [{ endpoint_name: "nowhere" }],
  "endpoints: priorities with a gap": ({ endpoints }) => {
    const [first] = endpoints["web"].endpoints;
    endpoints["web"].endpoints.push({ ...first, priority: 3 });
  },
});
