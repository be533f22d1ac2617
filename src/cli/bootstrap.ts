import { bootstrap, grpcBootstrap } from "../v3/mod.ts";
import { type Command, EXIT, numberOf, type Options, parse, textOf, UsageError } from "./command.ts";

const OPTIONS: Options = {
  server: { type: "string" },
  node: { type: "string" },
  cluster: { type: "string" },
  sotw: { type: "boolean" },
  delta: { type: "boolean" },
  rest: { type: "boolean" },
  grpc: { type: "boolean" },
  "admin-port": { type: "string" },
  "tls-ca": { type: "string" },
  "tls-cert": { type: "string" },
  "tls-key": { type: "string" },
  "tls-server-name": { type: "string" },
};

/** Prints what an Envoy or a gRPC client starts with. */
export const BOOTSTRAP: Command = {
  help: `Prints the bootstrap of an Envoy, or of a gRPC client, as JSON.

Usage: xds bootstrap [options] > envoy.json

  --server <host:port>      the control plane (default: 127.0.0.1:18000)
  --node <id>               the id of the node (default: node1)
  --cluster <name>          the cluster of the node (default: "default" for an Envoy, none for gRPC)
  --delta | --sotw | --rest the variant of the protocol of an Envoy (default: delta)
  --grpc                    for a gRPC client, which reads it from GRPC_XDS_BOOTSTRAP
  --admin-port <port>       Envoy's admin interface on 127.0.0.1 (default: 9901; 0 for any free one)
  --tls-ca <file>           TLS to the control plane, whose certificate this file has signed
  --tls-cert, --tls-key     the certificate of this client
  --tls-server-name <name>  the name in the certificate of the control plane, where it is not the host of --server; not
                            for a gRPC client

Examples:
  xds bootstrap --node edge-1 > envoy.json && envoy -c envoy.json
  GRPC_XDS_BOOTSTRAP_CONFIG=$(xds bootstrap --grpc --node client-1) ./client`,
  run(args, io) {
    const { values, positionals } = parse(args, OPTIONS, io);
    if (positionals.length > 0) throw new UsageError(`Unexpected "${positionals[0]}"`);
    const variants = ["delta", "sotw", "rest", "grpc"].filter((name) => values[name]);
    if (variants.length > 1) throw new UsageError(`Expected one of --${variants.join(" and --")}`);
    const node = textOf(values, "node") ?? "node1";
    const cluster = textOf(values, "cluster");
    const caFile = textOf(values, "tls-ca");
    const [certFile, keyFile] = [textOf(values, "tls-cert"), textOf(values, "tls-key")];
    const serverName = textOf(values, "tls-server-name");
    if (caFile === undefined && (certFile ?? keyFile ?? serverName) !== undefined) {
      throw new UsageError("TLS needs --tls-ca");
    }
    if ((certFile === undefined) !== (keyFile === undefined)) {
      throw new UsageError("A certificate needs both --tls-cert and --tls-key");
    }
    for (const name of values["grpc"] ? ["admin-port", "tls-server-name"] : []) {
      if (values[name] !== undefined) throw new UsageError(`The option --${name} is not for a gRPC client`);
    }
    const common = {
      server: textOf(values, "server") ?? "127.0.0.1:18000",
      node,
      ...cluster !== undefined && { cluster },
      ...caFile !== undefined && {
        tls: {
          caFile,
          ...certFile !== undefined && { certFile },
          ...keyFile !== undefined && { keyFile },
          ...serverName !== undefined && { serverName },
        },
      },
    };
    const adminPort = numberOf(values, "admin-port", { min: 0, max: 65_535 });
    const [variant] = variants;
    let made: object;
    try {
      made = variant === "grpc" ? grpcBootstrap(common) : bootstrap({
        ...common,
        ...variant !== undefined && { variant: variant as "delta" | "sotw" | "rest" },
        ...adminPort !== undefined && { adminPort },
      });
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
    io.out(JSON.stringify(made, undefined, 2));
    return Promise.resolve(EXIT.fine);
  },
};
