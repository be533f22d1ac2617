import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import {
  createDiscoveryServer,
  type DiscoveryServerOptions,
  SnapshotCache,
  type SnapshotCacheOptions,
} from "../../mod.ts";
import { listen, type ListenOptions } from "../../src/node/mod.ts";
import { sourceOf } from "../../src/node/connect-adapter.ts";
import { bootstrap } from "../../src/v3/mod.ts";
import { selfSigned } from "../server/self-signed.ts";
import { thrown } from "./printed.ts";
import type { Mistake } from "./rows.ts";

const cache = new SnapshotCache();
/** As without types. */
const untyped = <T>(options: object): T => options as T;
const listening = (options: object) =>
  thrown(async () => {
    await using _ = await listen(
      createDiscoveryServer({ cache, log: false }),
      { port: 0, ...options } as ListenOptions,
    );
  });

/** How a server is made, and where it listens. */
export const SERVERS: readonly Mistake[] = [
  {
    mistake: "`createDiscoveryServer({ casche })`",
    make: () => thrown(() => createDiscoveryServer(untyped<DiscoveryServerOptions>({ casche: cache }))),
    printed: 'Cannot create a server: it has no option "casche"; did you mean "cache"?',
  },
  {
    mistake: "`createDiscoveryServer({})`",
    make: () => thrown(() => createDiscoveryServer(untyped<DiscoveryServerOptions>({}))),
    printed: "Cannot create a server: its option cache must be a cache, such as new SnapshotCache()",
  },
  {
    mistake: "`new SnapshotCache({ nodehash })`",
    make: () => thrown(() => new SnapshotCache(untyped<SnapshotCacheOptions>({ nodehash: () => "all" }))),
    printed: 'Cannot make a SnapshotCache: it has no option "nodehash"; did you mean "nodeHash"?',
  },
  {
    mistake: "`listen(server, { prot })`",
    make: () => listening({ prot: 18000 }),
    printed: 'Cannot listen: it has no option "prot"; did you mean "port"?',
  },
  {
    mistake: "the port of another process",
    async make() {
      const other = createServer().listen(0, "127.0.0.1");
      await once(other, "listening");
      const text = await listening({ port: (other.address() as AddressInfo).port });
      other.close();
      return text;
    },
    printed: "Cannot listen on 127.0.0.1:18000: the port is in use; end the other process, or give another port",
  },
  {
    mistake: '`host: "0.0.0.0"` without TLS',
    make: () => listening({ host: "0.0.0.0" }),
    printed: "Cannot listen on 0.0.0.0: it is not a loopback address and there is no TLS; give tls, or insecure: true",
  },
  {
    mistake: "an address of another machine",
    make: () => listening({ host: "192.0.2.1", insecure: true, port: 18000 }),
    printed: "Cannot listen on 192.0.2.1:18000: this machine does not have the address; give host one that it has",
  },
  {
    mistake: "paths instead of PEM in `tls`",
    make: () => listening({ tls: { key: "/etc/tls.key", cert: "/etc/tls.crt" } }),
    printed: "Cannot use tls.key: it is not PEM; give the content of the file, or its path as keyFile",
  },
  {
    mistake: "a certificate without its key",
    make: () => listening({ tls: { cert: selfSigned("a").cert } }),
    printed: "Cannot use tls: it has cert but no key; give both, or keyFile and certFile",
  },
  {
    mistake: "key and certificate swapped",
    make() {
      const { key, cert } = selfSigned("a");
      return listening({ tls: { key: cert, cert: key } });
    },
    printed: "Cannot use tls.key: it has no private key, but CERTIFICATE",
  },
  {
    mistake: "the key of another certificate",
    make: () => listening({ tls: { key: selfSigned("a").key, cert: selfSigned("b").cert } }),
    printed: "Cannot use tls: key is not the key of cert; give those of one pair",
  },
  {
    mistake: "`tls: { keyfile, … }`",
    make: () => listening({ tls: { keyfile: "/etc/tls.key", certFile: "/etc/tls.crt" } }),
    printed: 'Cannot use tls: it has no option "keyfile"; did you mean "keyFile"?',
  },
  {
    mistake: "a file that does not exist",
    make: () => listening({ tls: { keyFile: "/nowhere/tls.key", certFile: "/nowhere/tls.key" } }),
    printed: "ENOENT: no such file or directory, open '/nowhere/tls.key'",
  },
  {
    mistake: "a package that is not installed",
    make: () =>
      thrown(sourceOf(() => Promise.reject(Object.assign(new Error("not found"), { code: "ERR_MODULE_NOT_FOUND" })))),
    printed: "Cannot listen: the package @connectrpc/connect-node is not installed; " +
      "run npm install @connectrpc/connect-node",
  },
  {
    mistake: '`bootstrap({ server: "localhost", … })`',
    make: () => thrown(() => bootstrap({ server: "localhost", node: "edge-1" })),
    printed: 'Cannot use the server "localhost": it must be a host and a port, such as 127.0.0.1:18000',
  },
];
