import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createContextValues } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { expect, it } from "vitest";
import { createDiscoveryServer, PEER, SnapshotCache } from "../../mod.ts";
import { NODE } from "./poll-client.ts";

it("PEER names the client on a router of the user's own", async () => {
  const peers: unknown[] = [];
  const callbacks = { onFetchRequest: ({ peer }: { readonly peer: string | undefined }) => void peers.push(peer) };
  const { routes } = createDiscoveryServer({ cache: new SnapshotCache(), fetchWaitMs: 0, callbacks });
  const contextValues = () => createContextValues().set(PEER, "192.0.2.1:5");
  for (const options of [{ routes, contextValues }, { routes }]) {
    const http = createServer(connectNodeAdapter(options)).listen(0, "127.0.0.1");
    await new Promise((resolve) => http.once("listening", resolve));
    const { port } = http.address() as AddressInfo;
    await fetch(`http://127.0.0.1:${port}/v3/discovery:clusters`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ node: NODE }),
    });
    http.closeAllConnections();
    http.close();
  }
  expect(peers).toEqual(["192.0.2.1:5", undefined]);
});
