// A server that reads commands as lines of JSON, so that it runs on any runtime. It prints one line for each.
import process from "node:process";
import { createInterface } from "node:readline";
import { createDiscoveryServer, LinearCache, MuxCache, rawResource, Snapshot, SnapshotCache } from "../../mod.ts";
import { listen, type Listener } from "../../src/node/mod.ts";
import { v2 } from "../../src/v2/mod.ts";
import { RUNTIME_TYPE, v3 } from "../../src/v3/mod.ts";
import type { Command, Said, SentResource } from "./command.ts";
import { saying } from "./saying.ts";

let cache: SnapshotCache;
let listener: Listener | undefined;
let journal: Said[] = [];

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await run(JSON.parse(line) as Command)));
}
process.exit(0);

async function run(command: Command): Promise<unknown> {
  switch (command.do) {
    case "start": {
      await listener?.close();
      journal = [];
      cache = new SnapshotCache({ nodeHash: ({ cluster }) => cluster || "all" });
      const { port = 0, api, fences = [], holdBackMs, isolate = true, maxConnectionAgeMs = Infinity } = command;
      const fenceCache = new LinearCache(RUNTIME_TYPE, { resources: fences.map(received) });
      const server = createDiscoveryServer({
        cache: new MuxCache({ [RUNTIME_TYPE]: fenceCache }, { otherwise: cache }),
        api: api === "v2" ? v2 : v3,
        callbacks: saying((said) => void journal.push(said)),
        log: false,
        health: true,
        reflection: true,
        isolate,
        ...holdBackMs !== undefined && { holdBackMs },
      });
      listener = await listen(server, { port, maxConnectionAgeMs, maxConnectionAgeGraceMs: maxConnectionAgeMs / 2 });
      return listener.port;
    }
    case "publish":
      if (command.resources === undefined) cache.clearSnapshot("all");
      else cache.setSnapshot("all", new Snapshot({ resources: command.resources.map(received) }));
      return null;
    case "journal":
      return journal.splice(0);
    case "stop":
      await listener?.close();
      listener = undefined;
      // Streams end with their connections, and their watches with them.
      return cache.status().flatMap(({ types }) => types).reduce((sum, { watches }) => sum + watches, 0);
  }
}

function received({ type, name, value, ttlMs }: SentResource) {
  return rawResource(type, name, Uint8Array.from(atob(value), (char) => char.charCodeAt(0)), {
    ...ttlMs !== undefined && { ttlMs },
  });
}
