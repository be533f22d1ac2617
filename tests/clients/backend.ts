import { Server, ServerCredentials } from "@grpc/grpc-js";

/** A gRPC server that responds to calls with its name. */
export interface Backend {
  readonly name: string;
  readonly port: number;
  close(): void;
}

/** The methods that a backend has. Requests and responses are bytes, so that no client needs generated code. */
export const METHODS = {
  say: "/echo.Echo/Say",
  other: "/echo.Echo/Other",
  // For one target with many routes.
  n0: "/echo.Echo/N0",
  n1: "/echo.Echo/N1",
  n2: "/echo.Echo/N2",
  n3: "/echo.Echo/N3",
  n4: "/echo.Echo/N4",
  n5: "/echo.Echo/N5",
} as const;

/** Starts one on a free port of 127.0.0.1. */
export async function startBackend(name: string): Promise<Backend> {
  const server = new Server();
  const response = Buffer.from(name);
  for (const path of Object.values(METHODS)) {
    server.register(path, (_call: unknown, respond: Respond) => respond(null, response), pass, pass, "unary");
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
  return { name, port, close: () => server.forceShutdown() };
}

type Respond = (error: null, response: Buffer) => void;

function pass(bytes: Buffer): Buffer {
  return bytes;
}
