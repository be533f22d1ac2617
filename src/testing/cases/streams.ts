import type { OutgoingResponse, Variant } from "../../stream/mod.ts";
import type { Bench } from "../harness.ts";
import type { FakeClient } from "../fake-client.ts";
import { check, same } from "../contract-violation.ts";
import type { TestCase } from "../test-case.ts";

interface Mode {
  readonly label: string;
  readonly variant: Variant;
  /** Each response holds all that is wanted, as with clusters and listeners in state of the world. */
  readonly fullState: boolean;
}

const MODES: readonly Mode[] = [
  { label: "state of the world, full state", variant: "sotw", fullState: true },
  { label: "state of the world", variant: "sotw", fullState: false },
  { label: "incremental", variant: "delta", fullState: false },
];

/** What clients see of a cache through the protocol. */
export const STREAM_CASES: readonly TestCase[] = MODES.flatMap((mode) => casesOf(mode));

function casesOf(mode: Mode): TestCase[] {
  const { label, variant } = mode;
  /** A deletion is seen by clients unless the type is not of full state. */
  const tellsRemovals = variant === "delta" || mode.fullState;
  return [
    {
      name: `${label}: a client that wants everything gets it, and what changes of it`,
      async run(bench) {
        await bench.publish({ update: ["a=1", "b=1"] });
        const session = new Session(bench, mode);
        session.client.subscribe(session.type, ["*"]);
        await session.has(["a=1", "b=1"]);
        await bench.publish({ update: ["a=2"] });
        await session.has(["a=2", "b=1"]);
        same(session.lastResources, mode.fullState ? ["a=2", "b=1"] : ["a=2"], "the resources of the response");
        await bench.publish({ remove: ["b"] });
        await bench.publish({ update: ["c=1"] });
        await session.has(tellsRemovals ? ["a=2", "c=1"] : ["a=2", "b=1", "c=1"]);
      },
    },
    {
      name: `${label}: a client that wants a collection gets what is in it, and what changes of it`,
      needs: ["collections"],
      async run(bench) {
        const [x, y] = ["xdstp://test/example.Type/x", "xdstp://test/example.Type/y"];
        await bench.publish({ update: [`${x}/a=1`, `${x}/deeper/a=1`, `${y}/a=1`, "a=1"] });
        const session = new Session(bench, mode);
        session.client.subscribe(session.type, [`${x}/*`]);
        await session.has([`${x}/a=1`]);
        await bench.publish({ update: [`${x}/b=1`, `${y}/a=2`] });
        await session.has([`${x}/a=1`, `${x}/b=1`]);
        session.client.subscribe(session.type, [`${y}/*`]);
        await session.has([`${x}/a=1`, `${x}/b=1`, `${y}/a=2`]);
        await bench.publish({ remove: [`${x}/a`] });
        await bench.publish({ update: [`${y}/a=3`] });
        await session.has(tellsRemovals ? [`${x}/b=1`, `${y}/a=3`] : [`${x}/a=1`, `${x}/b=1`, `${y}/a=3`]);
      },
    },
    {
      name: `${label}: a client that wants names gets these, and what changes of them`,
      async run(bench) {
        await bench.publish({ update: ["a=1", "b=1", "c=1"] });
        const session = new Session(bench, mode);
        session.client.subscribe(session.type, ["a", "b"]);
        await session.has(["a=1", "b=1"]);
        await bench.publish({ update: ["b=2", "c=2"] });
        await session.has(["a=1", "b=2"]);
        same(session.lastResources, mode.fullState ? ["a=1", "b=2"] : ["b=2"], "the resources of the response");
        session.client.subscribe(session.type, ["c"]);
        await session.has(["a=1", "b=2", "c=2"]);
        session.client.unsubscribe(session.type, ["b"]);
        await bench.publish({ remove: ["a"], update: ["c=3"] });
        await session.has(tellsRemovals ? ["c=3"] : ["a=1", "c=3"]);
      },
    },
    {
      name: `${label}: a name that does not exist stays wanted`,
      async run(bench) {
        await bench.publish({ update: ["a=1"] });
        const session = new Session(bench, mode);
        session.client.subscribe(session.type, ["new"]);
        if (variant === "delta") {
          await session.until(() => session.responses.length > 0, "let a client be told that a name does not exist");
          same(session.responses.flatMap(({ removed }) => removed), ["new"], "removed_resources");
        }
        await bench.publish({ update: ["new=1"] });
        await session.has(["new=1"]);
      },
    },
    {
      name: `${label}: the same content again is not sent again`,
      async run(bench) {
        await bench.publish({ update: ["a=1", "b=1"] });
        const session = new Session(bench, mode);
        session.client.subscribe(session.type, ["*"]);
        await session.has(["a=1", "b=1"]);
        const count = session.responses.length;
        await bench.publish({ update: ["a=1", "b=1"] });
        await bench.turn();
        session.settle();
        same(session.responses.length - count, 0, "responses to the same content");
        await bench.publish({ update: ["a=2"] });
        await session.has(["a=2", "b=1"]);
        same(session.lastResources, mode.fullState ? ["a=2", "b=1"] : ["a=2"], "the resources of the response");
      },
    },
    {
      name: `${label}: what a client rejects is not sent again before it changes`,
      async run(bench) {
        await bench.publish({ update: ["a=1"] });
        const session = new Session(bench, mode);
        session.client.subscribe(session.type, ["a"]);
        const response = await session.next();
        session.client.nack(response, "no");
        await bench.publish({ update: ["a=1"] });
        await bench.publish({ update: ["b=1"] });
        await bench.turn();
        check(session.client.next() === undefined, "what a client rejected is not sent again before it changes");
        await bench.publish({ update: ["a=2"] });
        await session.has(["a=2"]);
      },
    },
    {
      name: `${label}: a client that is slow to answer gets the latest of all that it missed`,
      async run(bench) {
        await bench.publish({ update: ["a=1", "b=1", "c=1"] });
        const session = new Session(bench, mode);
        session.client.subscribe(session.type, ["*"]);
        const response = await session.next();
        for (const content of [2, 3, 4]) await bench.publish({ update: [`a=${content}`] });
        await bench.publish({ update: ["b=2"] });
        await bench.publish({ update: ["b=1"] });
        await bench.publish({ remove: ["c"] });
        await bench.turn();
        check(session.client.next() === undefined, "there is one response at a time");
        session.client.ack(response);
        await session.has(tellsRemovals ? ["a=4", "b=1"] : ["a=4", "b=1", "c=1"]);
      },
    },
    {
      name: `${label}: a client that connects again gets what it missed`,
      async run(bench) {
        await bench.publish({ update: ["a=1", "b=1", "c=1"] });
        const session = new Session(bench, mode);
        session.client.subscribe(session.type, ["*"]);
        await session.has(["a=1", "b=1", "c=1"]);
        session.client.close();
        await bench.publish({ update: ["a=2"], remove: ["c"] });
        session.client.reconnect();
        await session.has(tellsRemovals ? ["a=2", "b=1"] : ["a=2", "b=1", "c=1"]);
        if (variant === "delta") same(session.lastResources, ["a=2"], "the resources of the response");
      },
    },
  ];
}

/** A client with all that it was sent. */
class Session {
  readonly type: string;
  readonly client: FakeClient;
  readonly responses: OutgoingResponse[] = [];
  readonly #bench: Bench;

  constructor(bench: Bench, { variant, fullState }: Mode) {
    this.#bench = bench;
    this.type = bench.types[0]!.typeUrl;
    this.client = bench.client(variant, { fullState });
  }

  get lastResources(): string[] {
    return this.#bench.read(this.responses.at(-1)?.resources ?? []);
  }

  settle(): void {
    this.responses.push(...this.client.settle());
    check(this.client.ended === undefined, `the stream goes on; it ended: ${this.client.ended?.message}`);
  }

  /** Accepts all that comes until the condition holds. */
  async until(condition: () => boolean, rule: string | (() => string)): Promise<void> {
    await this.#bench.until(() => {
      this.settle();
      return condition();
    }, rule);
  }

  /** Accepts all that comes until the client has this. */
  async has(content: readonly string[]): Promise<void> {
    const held = () => this.#bench.read(this.client.resources(this.type).values());
    await this.until(
      () => held().join() === content.join(),
      () => `bring a client to ${JSON.stringify(content)}; it has ${JSON.stringify(held())}`,
    );
  }

  /** Waits for the next response and does not answer it. */
  async next(): Promise<OutgoingResponse> {
    let response: OutgoingResponse | undefined;
    await this.#bench.until(() => (response = this.client.next()) !== undefined, "let a client be answered");
    return response!;
  }
}
