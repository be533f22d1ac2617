import { describe, expect, it } from "vitest";
import { Snapshot, SnapshotCache } from "../../mod.ts";
import { FakeClient, type FakeClientOptions } from "../../src/testing/mod.ts";
import { cluster, CLUSTER_TYPE, ENDPOINT_TYPE, endpoints, v3 } from "../../src/v3/mod.ts";

const world = (...resources: string[]) =>
  new Snapshot({
    resources: resources.map((text) => {
      const [name, content] = text.split("=");
      return cluster({ name: name!, altStatName: content! });
    }),
  });

function connect(options: Partial<FakeClientOptions> & Pick<FakeClientOptions, "variant">) {
  const cache = new SnapshotCache();
  const client = new FakeClient({ cache, api: v3, ...options });
  return { cache, client, names: () => [...client.resources(CLUSTER_TYPE).keys()] };
}

describe.each(["sotw", "delta"] as const)("a fake client (%s)", (variant) => {
  it("has the resources that it ACKed and no others", () => {
    const { cache, client, names } = connect({ variant });
    client.subscribe(CLUSTER_TYPE);
    expect(client.next()).toBeUndefined();
    cache.setSnapshot("node", world("a=1", "b=1"));
    const response = client.next()!;
    expect(names()).toEqual([]);
    client.ack(response);
    expect(names()).toEqual(["a", "b"]);
    cache.setSnapshot("node", world("b=2"));
    expect(client.settle()).toHaveLength(1);
    expect(names()).toEqual(["b"]);
    expect(client.status()).toMatchObject([{ typeUrl: CLUSTER_TYPE, inFlight: undefined, nacked: undefined }]);
  });

  it("keeps its resources when it NACKs", () => {
    const reasons: string[] = [];
    const callbacks = { onNack: (_stream: unknown, { message }: { message: string }) => void reasons.push(message) };
    const { cache, client } = connect({ variant, callbacks });
    const version = () => client.resources(CLUSTER_TYPE).get("a")?.version;
    cache.setSnapshot("node", world("a=1"));
    client.subscribe(CLUSTER_TYPE, ["a"]);
    client.settle();
    const first = version();
    cache.setSnapshot("node", world("a=2"));
    client.nack(client.next()!, "not this one");
    expect(version()).toBe(first);
    expect(reasons).toEqual(["not this one"]);
    expect(client.next()).toBeUndefined();
    cache.setSnapshot("node", world("a=3"));
    client.settle();
    expect(version()).not.toBe(first);
  });

  it("subscribes to names one after the other, and unsubscribes", () => {
    const { cache, client, names } = connect({ variant });
    cache.setSnapshot("node", world("a=1", "b=1", "c=1"));
    client.subscribe(CLUSTER_TYPE, ["a"]);
    client.settle();
    client.subscribe(CLUSTER_TYPE, ["b"]);
    client.settle();
    expect(names().sort()).toEqual(["a", "b"]);
    client.unsubscribe(CLUSTER_TYPE, ["a"]);
    client.settle();
    expect(names()).toEqual(["b"]);
    expect(client.status()[0]).toMatchObject({ names: 1, wildcard: false });
  });

  it("reconnects with its subscription", () => {
    const { cache, client, names } = connect({ variant });
    cache.setSnapshot("node", world("a=1"));
    client.subscribe(CLUSTER_TYPE, ["*"]);
    client.settle();
    client.close();
    client.close();
    cache.setSnapshot("node", world("a=1", "b=1"));
    expect(client.settle()).toEqual([]);
    client.reconnect();
    const [response] = client.settle();
    // SotW requests do not say which resources the client has.
    expect(response!.resources.map(({ name }) => name)).toEqual(variant === "delta" ? ["b"] : ["a", "b"]);
    expect(names()).toEqual(["a", "b"]);
  });

  it("has the error with which the server ended the stream", () => {
    const { client } = connect({ variant, typeUrl: CLUSTER_TYPE });
    client.subscribe(ENDPOINT_TYPE, ["a"]);
    expect(client.ended?.code).toBe("invalid_argument");
    client.reconnect();
    expect(client.ended?.code).toBe("invalid_argument");
  });

  it("sends malformed requests", () => {
    const { cache, client } = connect({ variant });
    client.send(Uint8Array.of(0xff));
    expect(client.ended?.message).toContain("cannot be decoded");
    const other = new FakeClient({ cache, api: v3, variant });
    other.send({ typeUrl: CLUSTER_TYPE });
    other.send({ typeUrl: CLUSTER_TYPE, node: { id: "another" } });
    expect(other.ended?.message).toContain("id must not change");
  });

  it("calls onWake when there is a response to take", () => {
    let woken = 0;
    const { cache, client } = connect({ variant, onWake: () => woken++, node: { id: "x" } });
    client.subscribe(CLUSTER_TYPE);
    expect(woken).toBe(0);
    cache.setSnapshot("x", world("a=1"));
    expect(woken).toBe(1);
    expect(client.settle()).toHaveLength(1);
  });
});

it("a fake client (sotw) keeps resources that a response without full state leaves out", () => {
  const cache = new SnapshotCache();
  const client = new FakeClient({ cache, api: v3, variant: "sotw" });
  const [a, b] = ["a", "b"].map((clusterName) => endpoints({ clusterName }));
  cache.setSnapshot("node", new Snapshot({ resources: [a!, b!] }));
  client.subscribe(ENDPOINT_TYPE, ["a", "b"]);
  client.settle();
  cache.setSnapshot("node", new Snapshot({ resources: [endpoints({ clusterName: "b", policy: {} })] }));
  client.settle();
  expect([...client.resources(ENDPOINT_TYPE).keys()]).toEqual(["a", "b"]);
});
