/** What a client of gRPC reads from the variable `GRPC_XDS_BOOTSTRAP_CONFIG`. */
export function bootstrap({ port, api }: { readonly port: number; readonly api: "v2" | "v3" }): object {
  return {
    xds_servers: [{
      server_uri: `127.0.0.1:${port}`,
      channel_creds: [{ type: "insecure" }],
      // Clients that know both APIs take v2 without it.
      server_features: api === "v3" ? ["xds_v3"] : [],
    }],
    // grpc-js cannot do without a locality.
    node: { id: "client", locality: {} },
    server_listener_resource_name_template: `${SERVER_LISTENER}%s`,
  };
}

/** How the names of the listeners of servers begin; the address follows. */
export const SERVER_LISTENER = "grpc/server?xds.resource.listening_address=";
