// A client that does nothing wrong: beside an attack it must be served as without one. It reads commands as lines of JSON.
import { connect } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { connect as connectTls } from "node:tls";
import { ENDPOINT_TYPE } from "../../src/v3/mod.ts";
import { DELTA_PATH, RawClient, type RawStream } from "../server/raw-client.ts";
import { delta } from "./messages.ts";

/** A command to this process. */
export type HealthyCommand =
  | { readonly do: "connect"; readonly port: number; readonly tls?: { ca: string; cert: string; key: string } }
  /** Results in a {@link Health} since the last time. */
  | { readonly do: "sample" }
  /** No round trips from now on, while the garbage of the server is collected. */
  | { readonly do: "pause" }
  | { readonly do: "resume" }
  | { readonly do: "disconnect" };

/** How the client was served. Milliseconds. */
export interface Health {
  readonly trips: number;
  readonly p99: number;
  readonly max: number;
  /** Its stream has not ended. */
  readonly alive: boolean;
}

const EVERY_MS = 20;

let client: RawClient | undefined;
let stream: RawStream | undefined;
let alive = false;
let paused = false;
let sentAt: number | undefined;
let trips: number[] = [];

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await run(JSON.parse(line) as HealthyCommand) ?? null));
}
process.exit(0);

async function run(command: HealthyCommand): Promise<unknown> {
  switch (command.do) {
    case "connect":
      return await open(command);
    case "sample":
      return sample();
    case "resume":
      return void (paused = false);
    case "pause":
      paused = true;
      while (sentAt !== undefined && alive) await pause();
      return;
    case "disconnect":
      await client?.[Symbol.asyncDispose]();
  }
}

async function open({ port, tls }: Extract<HealthyCommand, { do: "connect" }>): Promise<void> {
  const url = tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  const createConnection = () =>
    tls
      ? connectTls({ ...tls, port, host: "127.0.0.1", servername: "localhost", ALPNProtocols: ["h2"] })
      : connect(port, "127.0.0.1");
  await client?.[Symbol.asyncDispose]();
  client = new RawClient(url, { createConnection } as never);
  const mine = stream = client.open({ ":path": DELTA_PATH });
  alive = true;
  paused = false;
  void mine.ended.then(() => {
    if (mine === stream) alive = false;
  });
  mine.http.write(delta({ type: ENDPOINT_TYPE, node: "healthy", subscribe: ["e0"] }));
  // Where callbacks refuse every stream, they refuse this one, too.
  await Promise.race([mine.received(1), mine.ended]);
  if (mine.responses.length > 0) void makeTrips(mine);
}

/** Subscribing again has a response each time. */
async function makeTrips(mine: RawStream): Promise<void> {
  while (mine === stream && alive) {
    await pause();
    if (paused) continue;
    const count = mine.responses.length;
    const nonce = mine.responses[count - 1]!.nonce;
    sentAt = performance.now();
    mine.http.write(delta({ type: ENDPOINT_TYPE, nonce, subscribe: ["e0"] }));
    await Promise.race([mine.received(count + 1), mine.ended]);
    trips.push(performance.now() - sentAt);
    sentAt = undefined;
    // Only the last one is needed.
    mine.responses.splice(0, mine.responses.length - 1);
  }
}

function sample(): Health {
  const pending = sentAt === undefined ? [] : [performance.now() - sentAt];
  const sorted = [...trips, ...pending].sort((a, b) => a - b);
  trips = [];
  return { trips: sorted.length, p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0, max: sorted.at(-1) ?? 0, alive };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, EVERY_MS));
}
