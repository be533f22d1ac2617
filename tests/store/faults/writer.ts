// Publishes one mark after another until it is killed: lines of JSON say for how long, and each has a line as its result.
import { createInterface } from "node:readline";
import process from "node:process";
import { NatsStore } from "../../../src/nats/mod.ts";
import { marked } from "./marked.ts";

let store: NatsStore | undefined;
let mark = 0;
let key = "all";
let size = 5;
let acknowledged = 0;

for await (const line of createInterface({ input: process.stdin })) {
  const { servers, first, key: name, size: asked, forMs = 0, mark: one } = JSON.parse(line) as {
    readonly servers?: string[];
    readonly key?: string;
    readonly first?: number;
    readonly size?: number;
    readonly forMs?: number;
    readonly mark?: number;
  };
  if (one !== undefined) {
    const start = Math.round((performance.timeOrigin + performance.now()) * 1_000);
    await store!.publish(key, marked({ mark: one, size }));
    console.log(JSON.stringify(start));
    continue;
  }
  if (servers !== undefined) {
    store = await NatsStore.connect({ servers, bucket: "xds" });
    mark = first!;
    key = name ?? key;
    size = asked ?? size;
  }
  for (const end = performance.now() + forMs; performance.now() < end;) {
    await store!.publish(key, marked({ mark: ++mark, size }));
    acknowledged = mark;
  }
  console.log(JSON.stringify(acknowledged));
}
