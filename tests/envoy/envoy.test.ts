import { beforeAll, describe, expect, it } from "vitest";
import { ensureEnvoy } from "../../examples/demo/install-envoy.ts";
import { waitFor } from "../../examples/demo/wait-for.ts";
import type { State } from "./config.ts";
import { lookAt, statOf } from "./look.ts";
import { MODES } from "./modes.ts";
import { REJECTED } from "./rejected.ts";
import { World } from "./world.ts";

const FIRST: State = { serverName: "first", version: "first", connectTimeoutSeconds: 1, upstream: "a" };
const NEXT: State = { serverName: "next", version: "next", connectTimeoutSeconds: 2, upstream: "b" };

beforeAll(async () => {
  await ensureEnvoy();
}, 300_000);

describe.each(MODES)("Envoy by $name", { timeout: 90_000 }, (mode) => {
  it("is sent each resource once, and then what changes", async () => {
    await using world = await World.start(mode, FIRST);
    await world.envoy.ready();
    await world.moveTo({ ...FIRST, version: "next" });
    const sent = world.server.sent.map(({ names }) => names.join());
    expect(sent.toSorted()).toEqual(["echo", "echo", "http", "routes", "routes"]);
    expect(world.server.nacks).toEqual([]);
    expect(world.server.errors).toEqual([]);
  });

  it("follows ten changes of everything, without a failed request", async () => {
    await using world = await World.start(mode, FIRST);
    const failed = "http.http.downstream_rq_5xx";
    const failedBefore = await statOf(world.envoy, failed);
    for (let i = 1; i <= 10; i++) {
      const upstream = i % 2 === 0 ? "a" : "b";
      await world.moveTo({ serverName: `s${i}`, version: `v${i}`, connectTimeoutSeconds: 1 + i, upstream });
    }
    expect(await statOf(world.envoy, failed)).toBe(failedBefore);
    expect(world.server.nacks).toEqual([]);
    expect(world.server.errors).toEqual([]);
  });

  it.each(REJECTED)("is sent a $what that it rejects only once", async ({ typeUrl, ...change }) => {
    await using world = await World.start(mode, FIRST);
    const { server } = world;
    const sentOfType = () => server.sent.filter((sent) => sent.typeUrl === typeUrl).length;
    const sentBefore = sentOfType();

    const bad = server.snapshot.with({ update: [change.bad(mode)] });
    server.publish(bad);
    await waitFor("a NACK", () => expect(server.nacks).not.toEqual([]));

    // A change of another type arrives; by then a second attempt would have been made.
    const meanwhile = { ...FIRST, ...change.meanwhile };
    const others = world.snapshot(meanwhile).types.filter((type) => type !== typeUrl);
    server.publish(
      bad.with({ update: others.flatMap((type) => [...world.snapshot(meanwhile).resources(type).values()]) }),
    );
    await world.reached(meanwhile);
    expect(sentOfType() - sentBefore).toBe(1);

    await world.moveTo({ ...meanwhile, ...change.good });
    expect(await statOf(world.envoy, change.stat)).toBe(1);
    const message = expect.stringMatching(change.reason);
    expect(server.nacks).toEqual([{ typeUrl, version: bad.version(typeUrl), message }]);
    expect(server.errors).toEqual([]);
  });

  it("recovers from its own restart", async () => {
    await using world = await World.start(mode, FIRST);
    await world.restartEnvoy();
    await world.reached(FIRST);
    await world.moveTo(NEXT);
    expect(world.server.nacks).toEqual([]);
    expect(world.server.errors).toEqual([]);
  });

  it("recovers from a restart of the server", async () => {
    await using world = await World.start(mode, FIRST);
    await world.server[Symbol.asyncDispose]();
    expect(await lookAt(world.envoy)).toMatchObject({ status: 200, ...FIRST });
    await world.replaceServer(NEXT);
    await world.reached(NEXT);
    expect(world.server.nacks).toEqual([]);
    expect(world.server.errors).toEqual([]);
  });

  it("is sent only what changed while the server was away", async () => {
    await using world = await World.start(mode, FIRST);
    await world.replaceServer({ ...FIRST, version: "next" });
    await world.reached({ ...FIRST, version: "next" });
    // SotW has no way to know.
    if (mode.variant === "delta") expect(world.server.sent.flatMap(({ names }) => names)).toEqual(["routes"]);
    expect(world.server.nacks).toEqual([]);
  });
});
