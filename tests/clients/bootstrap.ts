import { grpcBootstrap } from "../../src/v3/mod.ts";

/** What a client of gRPC reads from the variable `GRPC_XDS_BOOTSTRAP_CONFIG`. */
export function bootstrap({ port, api }: { readonly port: number; readonly api: "v2" | "v3" }): object {
  const made = grpcBootstrap({ server: `127.0.0.1:${port}`, node: "client" });
  // Clients that know both APIs take v2 without its feature.
  return api === "v3"
    ? made
    : { ...made, xds_servers: made.xds_servers.map((each) => ({ ...each, server_features: [] })) };
}

/** How the names of the listeners of servers begin; the address follows. */
export const SERVER_LISTENER = "grpc/server?xds.resource.listening_address=";
