import { type Bootstrap, bootstrap } from "../demo/bootstrap.ts";

/** The configuration of an Envoy that knows several replicas on this machine, and uses one that responds. */
export function configOf(nodeId: string, ports: readonly number[]): Bootstrap {
  const usual = bootstrap({ nodeId, xdsPort: ports[0]! });
  const [xds] = usual.static_resources.clusters as readonly { readonly name: string }[];
  const endpoints = ports.map((port) => {
    return { endpoint: { address: { socket_address: { address: "127.0.0.1", port_value: port } } } };
  });
  const load_assignment = { cluster_name: xds!.name, endpoints: [{ lb_endpoints: endpoints }] };
  return { ...usual, static_resources: { clusters: [{ ...xds, load_assignment }] } };
}
