import { type AddressInfo, createServer } from "node:net";

/** A port of 127.0.0.1 that nobody listens on, for where the system cannot choose: it is told before, or shared. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
