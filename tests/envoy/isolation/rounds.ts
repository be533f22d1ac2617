import assert from "node:assert/strict";
import { Agent } from "node:https";
import { get } from "../../../examples/demo/get.ts";
import { expectOk } from "../load.ts";
import type { World } from "../world.ts";
import type { MakeSubject, Subject, Way } from "./subject.ts";

/**
 * In each way that makes a resource bad: one, three and half of many resources become bad, while all of them change. The
 * good ones arrive, the bad ones are as they were, and after the repair all are as they were published last.
 */
export async function playRounds(world: World, make: MakeSubject): Promise<void> {
  const subject = await make(world);
  const names = Array.from({ length: world.amounts.isolated }, (_, i) => `n${i}`);
  let markers = new Map(names.map((name) => [name, "0"]));
  world.publish([...subject.around(names), ...names.map((name) => subject.good(name, "0"))]);
  await world.startEnvoy();
  await shows(world, subject, markers);
  const load = await startLoad(world, subject);
  let generation = 0;
  for (const way of subject.ways) {
    for (const count of new Set([1, Math.min(3, names.length - 1), Math.floor(names.length / 2)])) {
      const round = new Round(world, subject, { way, count, names, before: markers, marker: `${++generation}` });
      await round.play();
      markers = round.after;
      await load.pass(10);
    }
  }
}

interface RoundOptions {
  readonly way: Way;
  /** How many are bad. */
  readonly count: number;
  /** Those that stay. */
  readonly names: readonly string[];
  /** What Envoy has. */
  readonly before: ReadonlyMap<string, string>;
  /** Of all that is published. */
  readonly marker: string;
}

class Round {
  readonly #world: World;
  readonly #subject: Subject;
  readonly #options: RoundOptions;
  readonly #bad: ReadonlySet<string>;
  readonly #all: readonly string[];

  constructor(world: World, subject: Subject, options: RoundOptions) {
    this.#world = world;
    this.#subject = subject;
    this.#options = options;
    const { count, names, marker } = options;
    // One of several is new: Envoy has no former content of it to keep.
    const late = count > 1 ? [`late-${marker}`] : [];
    this.#all = [...names, ...late];
    this.#bad = new Set([...spread(names, count - late.length), ...late]);
  }

  /** What Envoy has when all is repaired. */
  get after(): Map<string, string> {
    return new Map(this.#all.map((name) => [name, this.#options.marker]));
  }

  async play(): Promise<void> {
    const { server } = this.#world;
    const { marker, way, count } = this.#options;
    const [sent, quarantined, released] = [server.journal.sent, server.journal.quarantined, server.journal.released];
    for (const list of [sent, quarantined, released]) list.splice(0);
    this.#world.publish([
      ...this.#subject.around(this.#all),
      ...this.#all.map((name) => this.#bad.has(name) ? way.bad(name, marker) : this.#subject.good(name, marker)),
    ]);
    await this.#world.reach(`${count} bad by ${way.name} in quarantine`, () => this.#holds());
    await this.#world.reach("the content in Envoy", async () => {
      assert.deepEqual(this.#visible(await this.#subject.markers()), this.#visible(this.#meanwhile()));
    });
    this.#checkReports();
    this.#checkResponses();

    const rejections = server.journal.nacks.splice(0).length;
    this.#world.change({ update: [...this.#bad].map((name) => this.#subject.good(name, marker)) });
    await shows(this.#world, this.#subject, this.after);
    await this.#world.reach("nothing in quarantine", () => assert.deepEqual(this.#status().quarantined, []));
    this.#areBad(ofType(released, this.#subject));
    assert.deepEqual(server.journal.nacks, [], "what was repaired was rejected");
    this.#world.figures.at(-1)!["rejections"] = rejections;
  }

  /** What Envoy has while the bad ones are not repaired. */
  #meanwhile(): Map<string, string> {
    const { before, marker } = this.#options;
    const markers = this.#all.map((name) => [name, this.#bad.has(name) ? before.get(name) : marker] as const);
    return new Map(markers.filter((each): each is [string, string] => each[1] !== undefined));
  }

  /** What can be compared: not what Envoy shows, but does not use, while it keeps to what it had before. */
  #visible(markers: ReadonlyMap<string, string>): string[] {
    return sorted(markers, this.#all.filter((name) => !(this.#options.way.isAckedLater && this.#bad.has(name))));
  }

  /** Waits for nothing, and keeps exactly what is bad from Envoy. */
  #holds(): void {
    const { idle, quarantined } = this.#status();
    this.#areBad(quarantined);
    assert.ok(idle, "responses are in flight");
    assert.notDeepEqual(this.#world.server.journal.nacks, []);
  }

  /**
   * All of them, and no others; or some of them, if Envoy accepts the same content later. A stream per type is one for
   * each name of these types, so there is no doubt.
   */
  #areBad(names: readonly string[]): void {
    if (this.#options.way.isAckedLater && this.#world.mode.aggregated) {
      assert.deepEqual(names.filter((name) => !this.#bad.has(name)), []);
    } else assert.deepEqual(names.toSorted(), [...this.#bad].toSorted());
  }

  #status(): { readonly idle: boolean; readonly quarantined: readonly string[] } {
    const states = this.#world.server.status().streams.flatMap(({ state }) => state);
    const ofType = states.filter(({ typeUrl }) => typeUrl === this.#subject.typeUrl);
    return {
      idle: states.every(({ inFlight }) => inFlight === undefined),
      quarantined: ofType.flatMap(({ quarantined }) => quarantined.map(({ name }) => name)),
    };
  }

  #checkReports(): void {
    const { quarantined } = this.#world.server.journal;
    this.#areBad(ofType(quarantined, this.#subject));
    for (const { typeUrl, by } of quarantined) {
      if (typeUrl === this.#subject.typeUrl) assert.equal(by, "client");
    }
  }

  /** The fewest that are needed are not known: a reason may name what it is about, or not. */
  #checkResponses(): void {
    const { way, count, names } = this.#options;
    const sent = this.#world.server.journal.sent.filter(({ typeUrl }) => typeUrl === this.#subject.typeUrl);
    const perStream = Map.groupBy(sent, ({ stream }) => stream);
    const responses = Math.max(...[...perStream.values()].map(({ length }) => length));
    const bound = count * (2 * Math.log2(names.length) + 2) + 2;
    this.#world.figures.push({ way: way.name, bad: count, of: this.#all.length, responses, streams: perStream.size });
    assert.ok(responses <= bound, `${responses} responses of at most ${bound}`);
  }
}

function ofType(
  events: readonly { readonly typeUrl: string; readonly name: string }[],
  { typeUrl }: Subject,
): string[] {
  return events.filter((each) => each.typeUrl === typeUrl).map(({ name }) => name);
}

async function startLoad(world: World, { url = () => world.url("http"), ca }: Subject) {
  const agent = ca === undefined ? {} : { ca };
  const to = await world.reach("a response", async () => {
    const to = await url();
    expectOk(await get(to, ca === undefined ? {} : { agent: new Agent({ ...agent, keepAlive: false }) }));
    return to;
  });
  return world.load({ urls: [to], agent });
}

function shows(world: World, subject: Subject, markers: ReadonlyMap<string, string>): Promise<void> {
  return world.reach("the content in Envoy", async () => {
    const names = [...markers.keys()];
    assert.deepEqual(sorted(await subject.markers(), names), sorted(markers, names));
  });
}

/** A listener that was removed is drained for minutes, with all that it needs, so that others are there, too. */
function sorted(markers: ReadonlyMap<string, string>, names: readonly string[]): string[] {
  return names.map((name) => `${name}: ${markers.get(name) ?? "none"}`).toSorted();
}

/** Some names from all over the list, but not the first. */
function spread(names: readonly string[], count: number): string[] {
  const distance = (names.length - 1) / count;
  return Array.from({ length: count }, (_, i) => names[1 + Math.floor((i + 0.5) * distance)]!);
}
