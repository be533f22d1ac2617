import type { Send, Step, Transcript, Type, World } from "./transcript.ts";

/** A snapshot whose route uses cluster a. */
const A: World = { CDS: { a: "1" }, EDS: { a: "1" }, LDS: { l: "1" }, RDS: { r: "a" } };
/** The same with b in place of a, as one publication. */
const B: World = { CDS: { b: "1" }, EDS: { b: "1" }, LDS: { l: "1" }, RDS: { r: "b" } };
/** The same with c in place of b. */
const C: World = { CDS: { c: "1" }, EDS: { c: "1" }, LDS: { l: "1" }, RDS: { r: "c" } };

/** Make before break: rules O1 to O4 across types, on ADS. */
export const ORDER_TRANSCRIPTS: readonly Transcript[] = [
  ...both("O2 O3 a replaced cluster is removed once its new routes are ACKed", ({ variant, ack, start }) => [
    ...start,
    { apply: B },
    variant === "sotw"
      ? { expect: { type: "CDS", resources: ["a=1", "b=1"] } }
      : { expect: { type: "CDS", resources: ["b=1"] } },
    { quiet: true },
    ack("CDS"),
    // The client holds the cluster without its endpoints, so the route to it is blocked.
    { quiet: true },
    variant === "sotw"
      ? { send: { type: "EDS", names: ["a", "b"], nonce: "last" } }
      : { send: { type: "EDS", subscribe: ["b"] } },
    { expect: { type: "EDS", resources: ["b=1"] } },
    { quiet: true },
    variant === "sotw" ? { send: { type: "EDS", names: ["a", "b"], nonce: "last" } } : ack("EDS"),
    { expect: { type: "RDS", resources: ["r=b"] } },
    // The client may still route requests to a.
    { quiet: true },
    ack("RDS"),
    variant === "sotw" ? { expect: { type: "CDS", resources: ["b=1"] } } : { expect: { type: "CDS", removed: ["a"] } },
    ...variant === "sotw" ? [] : [{ quiet: true } as const],
    ack("CDS"),
    ...variant === "sotw" ? [] : [{ expect: { type: "EDS", removed: ["a"] } } as const],
    { quiet: true },
  ]),
  ...both("O2 a removal is sent at once if the publication changes no referrer", ({ variant, start }) => [
    ...start,
    { apply: { ...A, CDS: { b: "1" } } },
    variant === "sotw"
      ? { expect: { type: "CDS", resources: ["b=1"] } }
      : { expect: { type: "CDS", resources: ["b=1"], removed: ["a"] } },
  ]),
  ...both("O2 a removal stays withheld while the new routes are NACKed", ({ variant, ack, start }) => [
    ...start,
    { apply: { ...B, EDS: {} } },
    variant === "sotw"
      ? { expect: { type: "CDS", resources: ["a=1", "b=1"] } }
      : { expect: { type: "CDS", resources: ["b=1"] } },
    ack("CDS"),
    { expect: { type: "RDS", resources: ["r=b"] } },
    { send: { type: "RDS", names: ["r"], nack: "no" } },
    { quiet: true },
    { apply: { ...B, EDS: {}, RDS: { r: "b again" } } },
    { expect: { type: "RDS", resources: ["r=b again"] } },
    ack("RDS"),
    variant === "sotw" ? { expect: { type: "CDS", resources: ["b=1"] } } : { expect: { type: "CDS", removed: ["a"] } },
  ]),
  ...both("O2 a withheld removal is dropped if the cluster is published again", ({ variant, ack, start }) => [
    ...start,
    { apply: { ...B, EDS: {} } },
    variant === "sotw"
      ? { expect: { type: "CDS", resources: ["a=1", "b=1"] } }
      : { expect: { type: "CDS", resources: ["b=1"] } },
    { apply: { ...A, CDS: { a: "2", b: "1" } } },
    ack("CDS"),
    variant === "sotw"
      ? { expect: { type: "CDS", resources: ["a=2", "b=1"] } }
      : { expect: { type: "CDS", resources: ["a=2"] } },
    { expect: { type: "EDS", resources: ["a=1"] } },
    ack("CDS"),
    variant === "sotw" ? { send: { type: "EDS", names: ["a"], nonce: "last" } } : ack("EDS"),
    { quiet: true },
  ]),
  ...both("O2 a NACKed cluster does not block the routes", ({ variant, ack, start }) => [
    ...start,
    { apply: B },
    variant === "sotw"
      ? { expect: { type: "CDS", resources: ["a=1", "b=1"] } }
      : { expect: { type: "CDS", resources: ["b=1"] } },
    { send: { type: "CDS", nack: "no" } },
    { expect: { type: "RDS", resources: ["r=b"] } },
    ack("RDS"),
    variant === "sotw"
      ? { expect: { type: "CDS", resources: ["b=1"] } }
      : { expect: { type: "CDS", resources: ["b=1"], removed: ["a"] } },
  ]).map((each) => ({ ...each, isolate: false })),
  ...both("O3 a NACK of another cluster does not end the wait for the endpoints of one", ({ variant, ack, start }) => [
    ...start,
    { apply: B },
    variant === "sotw"
      ? { expect: { type: "CDS", resources: ["a=1", "b=1"] } }
      : { expect: { type: "CDS", resources: ["b=1"] } },
    ack("CDS"),
    { apply: { ...B, CDS: { b: "1", bad: "1" } } },
    variant === "sotw"
      ? { expect: { type: "CDS", resources: ["a=1", "b=1", "bad=1"] } }
      : { expect: { type: "CDS", resources: ["bad=1"] } },
    { send: { type: "CDS", nack: "bad" } },
    // The client holds b without its endpoints.
    { quiet: true },
    variant === "sotw"
      ? { send: { type: "EDS", names: ["a", "b"], nonce: "last" } }
      : { send: { type: "EDS", subscribe: ["b"] } },
    { expect: { type: "EDS", resources: ["b=1"] } },
    variant === "sotw" ? { send: { type: "EDS", names: ["a", "b"], nonce: "last" } } : ack("EDS"),
    { expect: { type: "RDS", resources: ["r=b"] } },
  ]),
  ...both("O3 routes wait for a subscription to the endpoints until the deadline", ({ variant, ack, start }) => [
    ...start,
    { apply: B },
    variant === "sotw"
      ? { expect: { type: "CDS", resources: ["a=1", "b=1"] } }
      : { expect: { type: "CDS", resources: ["b=1"] } },
    ack("CDS"),
    { wait: 40 },
    { expect: { type: "RDS", resources: ["r=b"] } },
    // The ACK of the routes is not waited for longer, either.
    { wait: 40 },
    variant === "sotw" ? { expect: { type: "CDS", resources: ["b=1"] } } : { expect: { type: "CDS", removed: ["a"] } },
  ], 40),
  {
    name: "O3 endpoints removed while CDS is in flight are pinned, and sent to a client that subscribes to them",
    variant: "sotw",
    world: A,
    steps: [
      ...startOf("sotw"),
      { apply: B },
      { expect: { type: "CDS", resources: ["a=1", "b=1"] } },
      { apply: C },
      { quiet: true },
      // Envoy ACKs CDS only once it holds the endpoints of all clusters.
      { send: { type: "EDS", names: ["a", "b"], nonce: "last" } },
      { expect: { type: "EDS", resources: ["b=1"] } },
      { send: { type: "EDS", names: ["a", "b"], nonce: "last" } },
      ackOf("sotw")("CDS"),
      { expect: { type: "CDS", resources: ["c=1", "a=1", "b=1"] } },
      // The endpoints are no longer pinned, and SotW cannot report a missing resource.
      { send: { type: "EDS", names: ["a"], nonce: "last" } },
      { send: { type: "EDS", names: ["a", "b"], nonce: "last" } },
      { quiet: true },
    ],
  },
  {
    name: "O3 clusters that the client did not subscribe to do not block its routes",
    variant: "sotw",
    world: A,
    steps: [
      { send: { type: "CDS", names: ["a"] } },
      { expect: { type: "CDS", resources: ["a=1"] } },
      { send: { type: "CDS", names: ["a"], nonce: "last" } },
      ...startOf("sotw").slice(3),
      { apply: { CDS: { a: "2", b: "1" }, EDS: { a: "1", b: "1" }, LDS: { l: "1" }, RDS: { r: "again" } } },
      { expect: { type: "CDS", resources: ["a=2"] } },
      { expect: { type: "EDS", resources: ["a=1"] } },
      { send: { type: "CDS", names: ["a"], nonce: "last" } },
      ackOf("sotw")("EDS"),
      { expect: { type: "RDS", resources: ["r=again"] } },
    ],
  },
  ...both("O3 a reconnecting client gets its routes after the clusters", ({ variant, ack }) => [
    { send: { type: "CDS", ...variant === "sotw" ? { version: "7" } : { initial: { a: "0" } } } },
    { expect: { type: "CDS", resources: ["a=1"] } },
    {
      send: {
        type: "RDS",
        ...variant === "sotw" ? { names: ["r"], version: "7" } : { subscribe: ["r"], initial: { r: "0" } },
      },
    },
    { quiet: true },
    {
      send: {
        type: "EDS",
        ...variant === "sotw" ? { names: ["a"], version: "7" } : { subscribe: ["a"], initial: { a: "0" } },
      },
    },
    { expect: { type: "EDS", resources: ["a=1"] } },
    ack("CDS"),
    { quiet: true },
    variant === "sotw" ? { send: { type: "EDS", names: ["a"], nonce: "last" } } : ack("EDS"),
    { expect: { type: "RDS", resources: ["r=a"] } },
  ]),
  {
    name:
      "O2 a reconnecting client keeps a removed cluster until its new routes are ACKed, in whatever order it subscribes",
    variant: "delta",
    world: B,
    steps: [
      { send: { type: "CDS", initial: { a: "1" } } },
      { expect: { type: "CDS", resources: ["b=1"] } },
      { send: { type: "EDS", subscribe: ["a"], initial: { a: "1" } } },
      { expect: { type: "EDS", removed: ["a"] } },
      ackOf("delta")("EDS"),
      { send: { type: "RDS", subscribe: ["r"], initial: { r: "a" } } },
      { send: { type: "EDS", subscribe: ["b"] } },
      { expect: { type: "EDS", resources: ["b=1"] } },
      ackOf("delta")("EDS"),
      ackOf("delta")("CDS"),
      { expect: { type: "RDS", resources: ["r=b"] } },
      { quiet: true },
      ackOf("delta")("RDS"),
      { expect: { type: "CDS", removed: ["a"] } },
    ],
  },
  {
    name: "O5 a reconnecting client receives the endpoints of a new cluster while clusters change again",
    variant: "delta",
    world: B,
    steps: [
      { send: { type: "CDS", initial: { a: "1" } } },
      { expect: { type: "CDS", resources: ["b=1"] } },
      { apply: { ...C, CDS: { b: "1", c: "1" }, EDS: { b: "1", c: "1" } } },
      { send: { type: "EDS", subscribe: ["a", "b"], initial: { a: "1" } } },
      { expect: { type: "EDS", resources: ["b=1"], removed: ["a"] } },
      ackOf("delta")("EDS"),
      ackOf("delta")("CDS"),
      { expect: { type: "CDS", resources: ["c=1"], removed: ["a"] } },
    ],
  },
  {
    name:
      "O5 a reconnecting client that requests endpoints before clusters is warming, and receives endpoints that it holds",
    variant: "delta",
    world: A,
    steps: [
      { send: { type: "EDS", subscribe: ["a"], initial: { a: "1" } } },
      { expect: { type: "EDS", resources: ["a=1"] } },
      { send: { type: "CDS", initial: { a: "1" } } },
      { expect: { type: "CDS", resources: [] } },
      ackOf("delta")("EDS"),
      ackOf("delta")("CDS"),
      { quiet: true },
    ],
  },
  {
    name: "O4 a reconnecting client that was sent a changed cluster receives endpoints of it that it holds",
    variant: "delta",
    world: A,
    steps: [
      { send: { type: "CDS", initial: { a: "0" } } },
      { expect: { type: "CDS", resources: ["a=1"] } },
      { send: { type: "EDS", subscribe: ["a"], initial: { a: "1" } } },
      { expect: { type: "EDS", resources: ["a=1"] } },
      ackOf("delta")("EDS"),
      ackOf("delta")("CDS"),
      { quiet: true },
    ],
  },
  {
    name: "O2 the deadline of one removal does not end the protection of another",
    variant: "delta",
    world: { CDS: { a: "1", b: "1" }, EDS: { a: "1", b: "1" }, RDS: { r: "1" } },
    holdBackMs: 500,
    steps: [
      { send: { type: "CDS" } },
      { expect: { type: "CDS", resources: ["a=1", "b=1"] } },
      ackOf("delta")("CDS"),
      { send: { type: "EDS", subscribe: ["a", "b"] } },
      { expect: { type: "EDS", resources: ["a=1", "b=1"] } },
      ackOf("delta")("EDS"),
      { send: { type: "RDS", subscribe: ["r"] } },
      { expect: { type: "RDS", resources: ["r=1"] } },
      ackOf("delta")("RDS"),
      { apply: { CDS: { b: "1", c: "1" }, EDS: { a: "1", b: "1" }, RDS: { r: "2" } } },
      { expect: { type: "CDS", resources: ["c=1"] } },
      ackOf("delta")("CDS"),
      // The client never ACKs the routes.
      { expect: { type: "RDS", resources: ["r=2"] } },
      { wait: 300 },
      { apply: { CDS: { c: "1", d: "1" }, EDS: { a: "1", b: "1" }, RDS: { r: "2" } } },
      { expect: { type: "CDS", resources: ["d=1"] } },
      ackOf("delta")("CDS"),
      { wait: 200 },
      { expect: { type: "CDS", removed: ["a"] } },
      ackOf("delta")("CDS"),
      { wait: 300 },
      { expect: { type: "CDS", removed: ["b"] } },
    ],
  },
];

interface Client {
  readonly variant: Transcript["variant"];
  /** ACKs the last response, with the names of `start`. */
  readonly ack: (type: Type) => Step;
  /** Subscribes to all resources of snapshot A and ACKs them. */
  readonly start: readonly Step[];
}

function both(name: string, steps: (client: Client) => readonly Step[], holdBackMs?: number): Transcript[] {
  return (["sotw", "delta"] as const).map((variant) => {
    const client = { variant, ack: ackOf(variant), start: startOf(variant) };
    return { name, variant, world: A, steps: steps(client), ...holdBackMs && { holdBackMs } };
  });
}

function startOf(variant: Transcript["variant"]): Step[] {
  return (["CDS", "EDS", "LDS", "RDS"] as const).flatMap((type): Step[] => [
    { send: variant === "sotw" ? { type, names: namesOf(type) } : { type, subscribe: namesOf(type) } },
    { expect: { type, resources: Object.entries(A[type]!).map(([key, value]) => `${key}=${value}`) } },
    ackOf(variant)(type),
  ]);
}

function ackOf(variant: Transcript["variant"]): (type: Type) => Step {
  return (type) => {
    const send: Send = { type, nonce: "last" };
    return { send: variant === "sotw" ? { ...send, names: namesOf(type) } : send };
  };
}

function namesOf(type: Type): readonly string[] {
  return ({ EDS: ["a"], RDS: ["r"] } as Partial<Record<Type, string[]>>)[type] ?? [];
}
