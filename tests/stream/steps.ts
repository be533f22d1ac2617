import fc from "fast-check";
import { type Type, TYPES } from "../protocol/transcript.ts";
import { type Client, HOLD_BACK_MS, type Session } from "./session.ts";
import { CONTENTS, NAMES, SLOTS } from "./world.ts";

/** One event of a session. */
export interface Step {
  readonly name: string;
  run(session: Session): Promise<void> | void;
}

/** The nonce of a request. */
const NONCES = ["none", "last", "last", "stale", "foreign", "of another type"] as const;
type Nonce = typeof NONCES[number];

const slots = fc.integer({ min: 0, max: CONTENTS });
/** More resources exist than not. */
const plan = fc.array(fc.oneof(slots, fc.integer({ min: 1, max: CONTENTS })), {
  minLength: SLOTS.length,
  maxLength: SLOTS.length,
});
const patch = fc.array(fc.tuple(fc.nat(SLOTS.length - 1), slots), { minLength: 1, maxLength: 4 });
const client = fc.nat(2);
const types = Object.keys(TYPES) as Type[];
/** The types that depend on each other are more frequent. */
const type = fc.constantFrom<Type>(...types, "CDS", "EDS", "RDS", "CDS", "EDS", "RDS", "LDS");
const nonce = fc.constantFrom<Nonce>(...NONCES);
const names = type.chain((of) =>
  fc.record({ type: fc.constant(of), names: fc.subarray(["*", ...NAMES[of]], { minLength: 1 }), nonce })
);

/** The events of a session, in any order. */
export const STEPS: readonly fc.Arbitrary<Step>[] = [
  plan.map((next) => step(`publish ${next}`, (session) => session.publish(next))),
  ...twice(patch.map((changes) =>
    step(`change ${JSON.stringify(changes)}`, (session) => {
      const next = [...session.plan];
      for (const [slot, content] of changes) next[slot] = content;
      return session.publish(next);
    })
  )),
  fc.constant(step("clear", (session) => session.clear())),
  ...twice(
    fc.tuple(client, names).map(([i, change]) =>
      step(`client ${i} subscribes to ${JSON.stringify(change)}`, (session) => {
        const client = at(session, i);
        const { type, names, nonce } = change;
        // A first subscription to the wildcard has no names.
        const isFirst = client.model.type(type).requests === 0 && names.length === 1 && names[0] === "*";
        return session.request(client, type, { subscribe: isFirst ? [] : names, nonce: nonceOf(client, type, nonce) });
      })
    ),
  ),
  fc.tuple(client, names).map(([i, { type, names, nonce }]) =>
    step(`client ${i} unsubscribes from ${JSON.stringify({ type, names, nonce })}`, (session) => {
      const client = at(session, i);
      return session.request(client, type, { unsubscribe: names, nonce: nonceOf(client, type, nonce) });
    })
  ),
  fc.tuple(client, names, names).map(([i, { type, names, nonce }, other]) =>
    step(`client ${i} replaces ${JSON.stringify({ type, names, other: other.names, nonce })}`, (session) => {
      const client = at(session, i);
      const subscribe = other.names.filter((name) => name === "*" || NAMES[type].includes(name));
      return session.request(client, type, { unsubscribe: names, subscribe, nonce: nonceOf(client, type, nonce) });
    })
  ),
  ...twice(
    client.map((i) =>
      step(`client ${i} subscribes to the targets of references`, (session) => follow(session, at(session, i)))
    ),
  ),
  ...twice(client.map((i) => step(`client ${i} takes the responses`, (session) => void session.take(at(session, i))))),
  ...twice(client.map((i) =>
    step(`client ${i} ACKs all`, async (session) => {
      const client = at(session, i);
      session.take(client);
      for (const { type, nonce } of client.model.inFlight) await session.request(client, type, { nonce });
    })
  )),
  ...twice(
    fc.tuple(client, type, nonce).map(([i, type, nonce]) =>
      step(`client ${i} ACKs ${type} ${nonce}`, (session) => {
        const client = at(session, i);
        return session.request(client, type, { nonce: nonceOf(client, type, nonce) });
      })
    ),
  ),
  fc.tuple(client, type, nonce).map(([i, type, nonce]) =>
    step(`client ${i} NACKs ${type} ${nonce}`, (session) => {
      const client = at(session, i);
      return session.request(client, type, { nonce: nonceOf(client, type, nonce), error: "no" });
    })
  ),
  fc.tuple(client, names).map(([i, { type, names, nonce }]) =>
    step(`client ${i} NACKs ${type} ${nonce} and subscribes to ${names}`, (session) => {
      const client = at(session, i);
      return session.request(client, type, { nonce: nonceOf(client, type, nonce), error: "no", subscribe: names });
    })
  ),
  fc.tuple(client, fc.nat(1)).map(([i, replica]) =>
    step(`client ${i} connects to replica ${replica}`, (session) => session.reconnect(at(session, i), replica))
  ),
  client.map((i) => step(`client ${i} moves to another group`, (session) => session.move(at(session, i)))),
  fc.constantFrom(1, 50, 100, 100, HOLD_BACK_MS).map((ms) => step(`wait ${ms}`, (session) => session.wait(ms))),
  client.map((i) => step(`client ${i} settles`, (session) => session.settle(at(session, i)))),
];

/** As Envoy does: subscribes to the endpoints of its clusters, and to the routes of its listeners. */
async function follow(session: Session, client: Client): Promise<void> {
  const { model } = client;
  for (const [from, to] of [["CDS", "EDS"], ["LDS", "RDS"]] as const) {
    const known = [...model.type(from).sent];
    const wanted = from === "CDS"
      ? known.map(([name]) => name)
      : known.map(([, { label }]) => label.split(">")[1] ?? "");
    const subscribe = [...new Set(wanted)].filter((name) =>
      NAMES[to].includes(name) && !model.type(to).names.has(name)
    );
    if (model.type(from).requests === 0) await session.request(client, from, {});
    if (subscribe.length > 0) await session.request(client, to, { subscribe, nonce: nonceOf(client, to, "last") });
  }
}

function nonceOf({ model }: Client, type: Type, nonce: Nonce): string {
  switch (nonce) {
    case "none":
      return "";
    case "last":
      return model.type(type).nonces.at(-1) ?? "";
    case "stale":
      return model.type(type).nonces.at(-2) ?? "stale";
    case "foreign":
      return "foreign";
    case "of another type":
      return types.filter((each) => each !== type).flatMap((each) => model.type(each).nonces).at(-1) ?? "";
  }
}

function at({ clients }: Session, i: number): Client {
  return clients[i % clients.length]!;
}

function step(name: string, run: (session: Session) => Promise<void> | void): Step {
  return { name, run };
}

function twice<T>(each: T): [T, T] {
  return [each, each];
}
