import type { OutgoingResponse, Variant } from "../../stream/mod.ts";
import type { CacheHarness } from "../harness.ts";
import type { FakeClient } from "../fake-client.ts";
import { check, same } from "../contract-violation.ts";
import type { TestCase } from "../test-case.ts";

interface Mode {
  readonly label: string;
  readonly variant: Variant;
  /** Each response has all subscribed resources, as those of clusters and listeners in SotW. */
  readonly fullState: boolean;
}

const MODES: readonly Mode[] = [
  { label: "SotW, full state", variant: "sotw", fullState: true },
  { label: "SotW", variant: "sotw", fullState: false },
  { label: "delta", variant: "delta", fullState: false },
];

/** What clients receive from a cache through the protocol. */
export const STREAM_CASES: readonly TestCase[] = MODES.flatMap((mode) => casesOf(mode));

function casesOf(mode: Mode): TestCase[] {
  const { label, variant } = mode;
  /** SotW expresses removals by absence from a response, which only those with full state can. */
  const sendsRemovals = variant === "delta" || mode.fullState;
  return [
    {
      name: `${label}: a wildcard client receives all resources, then their changes`,
      async run(harness) {
        await harness.publish({ update: ["a=1", "b=1"] });
        const session = new Session(harness, mode);
        session.client.subscribe(session.type, ["*"]);
        await session.has(["a=1", "b=1"]);
        await harness.publish({ update: ["a=2"] });
        await session.has(["a=2", "b=1"]);
        same(session.lastResources, mode.fullState ? ["a=2", "b=1"] : ["a=2"], "The resources of the response");
        await harness.publish({ remove: ["b"] });
        await harness.publish({ update: ["c=1"] });
        await session.has(sendsRemovals ? ["a=2", "c=1"] : ["a=2", "b=1", "c=1"]);
      },
    },
    {
      name: `${label}: a client of a collection receives its members, then their changes`,
      needs: ["collections"],
      async run(harness) {
        const [x, y] = ["xdstp://test/example.Type/x", "xdstp://test/example.Type/y"];
        await harness.publish({ update: [`${x}/a=1`, `${x}/deeper/a=1`, `${y}/a=1`, "a=1"] });
        const session = new Session(harness, mode);
        session.client.subscribe(session.type, [`${x}/*`]);
        await session.has([`${x}/a=1`]);
        await harness.publish({ update: [`${x}/b=1`, `${y}/a=2`] });
        await session.has([`${x}/a=1`, `${x}/b=1`]);
        session.client.subscribe(session.type, [`${y}/*`]);
        await session.has([`${x}/a=1`, `${x}/b=1`, `${y}/a=2`]);
        await harness.publish({ remove: [`${x}/a`] });
        await harness.publish({ update: [`${y}/a=3`] });
        await session.has(sendsRemovals ? [`${x}/b=1`, `${y}/a=3`] : [`${x}/a=1`, `${x}/b=1`, `${y}/a=3`]);
      },
    },
    {
      name: `${label}: a client of names receives these resources, then their changes`,
      async run(harness) {
        await harness.publish({ update: ["a=1", "b=1", "c=1"] });
        const session = new Session(harness, mode);
        session.client.subscribe(session.type, ["a", "b"]);
        await session.has(["a=1", "b=1"]);
        await harness.publish({ update: ["b=2", "c=2"] });
        await session.has(["a=1", "b=2"]);
        same(session.lastResources, mode.fullState ? ["a=1", "b=2"] : ["b=2"], "The resources of the response");
        session.client.subscribe(session.type, ["c"]);
        await session.has(["a=1", "b=2", "c=2"]);
        session.client.unsubscribe(session.type, ["b"]);
        await harness.publish({ remove: ["a"], update: ["c=3"] });
        await session.has(sendsRemovals ? ["c=3"] : ["a=1", "c=3"]);
      },
    },
    {
      name: `${label}: a name that does not exist stays subscribed`,
      async run(harness) {
        await harness.publish({ update: ["a=1"] });
        const session = new Session(harness, mode);
        session.client.subscribe(session.type, ["new"]);
        if (variant === "delta") {
          await session.until(
            () => session.responses.length > 0,
            "let a name that does not exist be reported to the client",
          );
          same(session.responses.flatMap(({ removed }) => removed), ["new"], "The removed_resources");
        }
        await harness.publish({ update: ["new=1"] });
        await session.has(["new=1"]);
      },
    },
    {
      name: `${label}: the same content published again is not sent again`,
      async run(harness) {
        await harness.publish({ update: ["a=1", "b=1"] });
        const session = new Session(harness, mode);
        session.client.subscribe(session.type, ["*"]);
        await session.has(["a=1", "b=1"]);
        const count = session.responses.length;
        await harness.publish({ update: ["a=1", "b=1"] });
        await harness.turn();
        session.settle();
        same(session.responses.length - count, 0, "Responses to the same content");
        await harness.publish({ update: ["a=2"] });
        await session.has(["a=2", "b=1"]);
        same(session.lastResources, mode.fullState ? ["a=2", "b=1"] : ["a=2"], "The resources of the response");
      },
    },
    {
      name: `${label}: a NACKed resource is not sent again before it changes`,
      async run(harness) {
        await harness.publish({ update: ["a=1"] });
        const session = new Session(harness, mode);
        session.client.subscribe(session.type, ["a"]);
        const response = await session.next();
        session.client.nack(response, "no");
        await harness.publish({ update: ["a=1"] });
        await harness.publish({ update: ["b=1"] });
        await harness.turn();
        check(session.client.next() === undefined, "A NACKed resource is not sent again before it changes");
        await harness.publish({ update: ["a=2"] });
        await session.has(["a=2"]);
      },
    },
    {
      name: `${label}: a client that ACKs late receives the latest of what it missed`,
      async run(harness) {
        await harness.publish({ update: ["a=1", "b=1", "c=1"] });
        const session = new Session(harness, mode);
        session.client.subscribe(session.type, ["*"]);
        const response = await session.next();
        for (const content of [2, 3, 4]) await harness.publish({ update: [`a=${content}`] });
        await harness.publish({ update: ["b=2"] });
        await harness.publish({ update: ["b=1"] });
        await harness.publish({ remove: ["c"] });
        await harness.turn();
        check(session.client.next() === undefined, "At most one response is in flight");
        session.client.ack(response);
        await session.has(sendsRemovals ? ["a=4", "b=1"] : ["a=4", "b=1", "c=1"]);
      },
    },
    {
      name: `${label}: a client that reconnects receives what it missed`,
      async run(harness) {
        await harness.publish({ update: ["a=1", "b=1", "c=1"] });
        const session = new Session(harness, mode);
        session.client.subscribe(session.type, ["*"]);
        await session.has(["a=1", "b=1", "c=1"]);
        session.client.close();
        await harness.publish({ update: ["a=2"], remove: ["c"] });
        session.client.reconnect();
        await session.has(sendsRemovals ? ["a=2", "b=1"] : ["a=2", "b=1", "c=1"]);
        if (variant === "delta") same(session.lastResources, ["a=2"], "The resources of the response");
      },
    },
  ];
}

/** A client that records its responses. */
class Session {
  readonly type: string;
  readonly client: FakeClient;
  readonly responses: OutgoingResponse[] = [];
  readonly #harness: CacheHarness;

  constructor(harness: CacheHarness, { variant, fullState }: Mode) {
    this.#harness = harness;
    this.type = harness.types[0]!.typeUrl;
    this.client = harness.client(variant, { fullState });
  }

  get lastResources(): string[] {
    return this.#harness.read(this.responses.at(-1)?.resources ?? []);
  }

  settle(): void {
    this.responses.push(...this.client.settle());
    check(this.client.ended === undefined, `The stream stays open; it ended: ${this.client.ended?.message}`);
  }

  /** ACKs every response until the condition holds. */
  async until(condition: () => boolean, rule: string | (() => string)): Promise<void> {
    await this.#harness.until(() => {
      this.settle();
      return condition();
    }, rule);
  }

  /** ACKs every response until the client has this content. */
  async has(content: readonly string[]): Promise<void> {
    const held = () => this.#harness.read(this.client.resources(this.type).values());
    await this.until(
      () => held().join() === content.join(),
      () => `bring a client to ${JSON.stringify(content)}; it has ${JSON.stringify(held())}`,
    );
  }

  /** Waits for the next response, and leaves it in flight. */
  async next(): Promise<OutgoingResponse> {
    let response: OutgoingResponse | undefined;
    await this.#harness.until(() => (response = this.client.next()) !== undefined, "let a response be sent");
    return response!;
  }
}
