import type { Send, Step, Transcript, Type } from "./transcript.ts";

/** A response is rejected for one of its resources: rules I1 to I6. */
export const ISOLATION_TRANSCRIPTS: readonly Transcript[] = [
  ...both("I1 what the client names is left out, and the rest is sent at once", "RDS", ({ nack, ack }) => [
    { apply: { RDS: { a: "2", b: "bad", c: "2" } } },
    { expect: { type: "RDS", resources: ["a=2", "b=bad", "c=2"] } },
    nack('resource "b": no'),
    { expect: { type: "RDS", resources: ["a=2", "c=2"] } },
    ack,
    { quiet: true },
    { apply: { RDS: { a: "2", b: "3", c: "2" } } },
    { expect: { type: "RDS", resources: ["b=3"] } },
    ack,
  ]),
  ...both(
    "I1 without a name in the reason halves are sent, until what is rejected is found",
    "RDS",
    ({ nack, ack }) => [
      { apply: { RDS: { a: "2", b: "2", c: "bad", d: "2" } } },
      { expect: { type: "RDS", resources: ["a=2", "b=2", "c=bad", "d=2"] } },
      nack("no"),
      { expect: { type: "RDS", resources: ["a=2", "b=2"] } },
      ack,
      // What is left must be rejected as a whole, so it is halved without being sent.
      { expect: { type: "RDS", resources: ["c=bad"] } },
      nack("no"),
      { expect: { type: "RDS", resources: ["d=2"] } },
      ack,
      { quiet: true },
    ],
  ),
  ...both("I1 a name that is only mentioned is tried by itself", "RDS", ({ nack, ack }) => [
    { apply: { RDS: { a: "2", b: "2", c: "bad" } } },
    { expect: { type: "RDS", resources: ["a=2", "b=2", "c=bad"] } },
    nack("cannot use c together with other things"),
    { expect: { type: "RDS", resources: ["a=2", "b=2"] } },
    ack,
    { expect: { type: "RDS", resources: ["c=bad"] } },
    nack("no"),
    { quiet: true },
  ]),
  ...both("I2 what is rejected is not sent before it changes, whatever else does", "RDS", ({ nack, ack }) => [
    { apply: { RDS: { a: "1", b: "bad", c: "1" } } },
    { expect: { type: "RDS", resources: ["b=bad"] } },
    nack("no"),
    { quiet: true },
    { apply: { RDS: { a: "2", b: "bad", c: "1" } } },
    { expect: { type: "RDS", resources: ["a=2"] } },
    ack,
    { apply: { RDS: { a: "2", b: "1", c: "1" } } },
    { expect: { type: "RDS", resources: ["b=1"] } },
    ack,
    { quiet: true },
  ]),
  ...both("I3 changes go before the parts of a rejected response, and not with them", "RDS", ({ nack, ack }) => [
    { apply: { RDS: { a: "2", b: "bad", c: "2" } } },
    { expect: { type: "RDS", resources: ["a=2", "b=bad", "c=2"] } },
    { apply: { RDS: { a: "3", b: "bad", c: "2" } } },
    nack("no"),
    { expect: { type: "RDS", resources: ["a=3"] } },
    ack,
    { expect: { type: "RDS", resources: ["b=bad"] } },
    nack("no"),
    { expect: { type: "RDS", resources: ["c=2"] } },
    ack,
    { quiet: true },
  ]),
  {
    name: "I4 with full state what was accepted last stands in for what is rejected",
    variant: "sotw",
    world: { CDS: { a: "1", b: "1" } },
    steps: [
      { send: { type: "CDS" } },
      { expect: { type: "CDS", resources: ["a=1", "b=1"] } },
      { send: { type: "CDS", nonce: "last" } },
      { apply: { CDS: { a: "2", b: "bad", new: "bad" } } },
      { expect: { type: "CDS", resources: ["a=2", "b=bad", "new=bad"] } },
      { send: { type: "CDS", nack: "Error adding/updating cluster(s) b: no, new: no" } },
      { expect: { type: "CDS", resources: ["a=2", "b=1"] } },
      { send: { type: "CDS", nonce: "last" } },
      { apply: { CDS: { a: "3", b: "bad", new: "bad" } } },
      { expect: { type: "CDS", resources: ["a=3", "b=1"] } },
      { send: { type: "CDS", nonce: "last" } },
      { apply: { CDS: { a: "3", new: "1" } } },
      { expect: { type: "CDS", resources: ["a=3", "new=1"] } },
      { send: { type: "CDS", nonce: "last" } },
      { quiet: true },
    ],
  },
  {
    name: "I4 with full state a removal beside a bad resource arrives",
    variant: "sotw",
    world: { CDS: { a: "1", b: "1" } },
    steps: [
      { send: { type: "CDS" } },
      { expect: { type: "CDS", resources: ["a=1", "b=1"] } },
      { send: { type: "CDS", nonce: "last" } },
      { apply: { CDS: { b: "bad" } } },
      { expect: { type: "CDS", resources: ["b=bad"] } },
      { send: { type: "CDS", nack: "no" } },
      { expect: { type: "CDS", resources: ["b=1"] } },
      { send: { type: "CDS", nonce: "last" } },
      { quiet: true },
    ],
  },
  {
    name: "I4 a client that returns with full state is sent nothing that could remove what it has",
    variant: "sotw",
    world: { CDS: { a: "1", b: "bad" } },
    steps: [
      { send: { type: "CDS", version: "of an earlier stream" } },
      { expect: { type: "CDS", resources: ["a=1", "b=bad"] } },
      { send: { type: "CDS", nack: "no" } },
      { quiet: true },
      { apply: { CDS: { a: "1", b: "1" } } },
      { expect: { type: "CDS", resources: ["a=1", "b=1"] } },
    ],
  },
  {
    name: "I5 a removal beside a bad resource arrives",
    variant: "delta",
    world: { RDS: { a: "1", b: "1" } },
    steps: [
      { send: { type: "RDS", subscribe: ["*"] } },
      { expect: { type: "RDS", resources: ["a=1", "b=1"] } },
      { send: { type: "RDS", nonce: "last" } },
      { apply: { RDS: { b: "bad" } } },
      { expect: { type: "RDS", resources: ["b=bad"], removed: ["a"] } },
      { send: { type: "RDS", nack: "no" } },
      { expect: { type: "RDS", removed: ["a"] } },
      { send: { type: "RDS", nonce: "last" } },
      { quiet: true },
      { apply: { RDS: {} } },
      { expect: { type: "RDS", removed: ["b"] } },
    ],
  },
  {
    name: "I6 a client that requests what it rejects gets what it accepted last",
    variant: "delta",
    world: { EDS: { a: "1" } },
    steps: [
      { send: { type: "EDS", subscribe: ["a"] } },
      { expect: { type: "EDS", resources: ["a=1"] } },
      { send: { type: "EDS", nonce: "last" } },
      { apply: { EDS: { a: "bad" } } },
      { expect: { type: "EDS", resources: ["a=bad"] } },
      { send: { type: "EDS", nack: "no" } },
      { send: { type: "EDS", subscribe: ["a"] } },
      { expect: { type: "EDS", resources: ["a=1"] } },
    ],
  },
  {
    name: "I6 a name that is rejected, and was never accepted, is not reported as removed",
    variant: "delta",
    world: { EDS: { a: "bad" } },
    steps: [
      { send: { type: "EDS", subscribe: ["a"] } },
      { expect: { type: "EDS", resources: ["a=bad"] } },
      { send: { type: "EDS", nack: "no" } },
      { send: { type: "EDS", subscribe: ["a", "b"] } },
      { expect: { type: "EDS", removed: ["b"] } },
      { send: { type: "EDS", nonce: "last" } },
      { apply: { EDS: { a: "1" } } },
      { expect: { type: "EDS", resources: ["a=1"] } },
    ],
  },
];

interface Client {
  readonly ack: Step;
  nack(reason: string): Step;
}

/** The same with SotW and delta: the client subscribes to a to d, and holds a, b and c at 1. */
function both(name: string, type: Type, steps: (client: Client) => readonly Step[]): Transcript[] {
  const names = ["a", "b", "c", "d"];
  return (["sotw", "delta"] as const).map((variant): Transcript => {
    const again: Pick<Send, "names"> = variant === "sotw" ? { names } : {};
    const ack: Step = { send: { type, nonce: "last", ...again } };
    const nack = (reason: string): Step => ({ send: { type, nack: reason, ...again } });
    const first: Step = { send: variant === "sotw" ? { type, names } : { type, subscribe: names } };
    const resources = ["a=1", "b=1", "c=1"];
    return {
      name,
      variant,
      world: { [type]: { a: "1", b: "1", c: "1" } },
      steps: [
        first,
        { expect: variant === "sotw" ? { type, resources } : { type, resources, removed: ["d"] } },
        ack,
        ...steps({ ack, nack }),
      ],
    };
  });
}
