import { expect } from "vitest";
import { SnapshotCache } from "../../mod.ts";
import type { Case } from "./case.ts";
import { snapshotOf } from "./make.ts";
import { TestStream } from "./test-stream.ts";

/** Clients belong to a group by the cluster of their node. */
export const GROUPS: readonly Case[] = [
  ["N5 a client that moves to another group is sent what differs, and nothing that it holds (delta)", () => {
    const cache = new SnapshotCache({ nodeHash: ({ cluster }) => cluster });
    const node = (cluster: string) => ({ node: { id: "node", cluster } });
    const subscribe = (cluster: string): TestStream => {
      const stream = new TestStream({ variant: "delta", cache });
      stream.request("EDS", { ...node(cluster), resourceNamesSubscribe: ["*"] });
      return stream;
    };
    subscribe("second");
    for (const a of ["2", "3", "4"]) cache.setSnapshot("second", snapshotOf({ EDS: { a } }));
    cache.setSnapshot("second", snapshotOf({ EDS: { a: "1", b: "2" } }));
    cache.setSnapshot("first", snapshotOf({ EDS: { a: "1", b: "1", c: "1" } }));
    const stream = subscribe("first");
    stream.ack(stream.next()!);
    stream.request("EDS", node("second"));
    const { resources, removed } = stream.next()!;
    expect([resources.map(({ name, version }) => `${name}=${version}`), removed]).toEqual([["b=2"], ["c"]]);
  }],
];
