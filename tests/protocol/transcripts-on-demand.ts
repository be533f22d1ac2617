import type { Transcript, World } from "./transcript.ts";

const HOSTS = {
  "r/one": "1 domains=one.com,www.one.com,one.net:8080",
  "r/wild": "1 domains=*.wild.com,-wild.*",
  "r/wilder": "1 domains=*.very.wild.com",
  "s/all": "1 domains=*",
  "s/one": "1 domains=one.com",
} as const;

const WORLD: World = { VHDS: HOSTS };

/** Virtual hosts on demand. */
export const ON_DEMAND_TRANSCRIPTS: readonly Transcript[] = [
  {
    name: "H1 H2 a host gets the virtual host that serves its domain, with its name as an alias",
    variant: "delta",
    world: WORLD,
    steps: [
      { send: { type: "VHDS", subscribe: ["r/one.com", "r/WWW.one.com", "r/one.com:443"] } },
      {
        expect: {
          type: "VHDS",
          resources: ["r/one=1 aka r/WWW.one.com r/one.com r/one.com:443"],
        },
      },
      { send: { type: "VHDS", nonce: "last", subscribe: ["r/one.net:8080", "r/a.wild.com", "r/a.very.wild.com:80"] } },
      {
        expect: {
          type: "VHDS",
          resources: ["r/one=1 aka r/one.net:8080", "r/wild=1 aka r/a.wild.com", "r/wilder=1 aka r/a.very.wild.com:80"],
        },
      },
      { send: { type: "VHDS", nonce: "last", subscribe: ["s/one.com", "s/two.com"] } },
      { expect: { type: "VHDS", resources: ["s/one=1 aka s/one.com", "s/all=1 aka s/two.com"] } },
      { send: { type: "VHDS", nonce: "last" } },
      { quiet: true },
    ],
  },
  {
    name: "H2 D3 a host that is subscribed again is resent",
    variant: "delta",
    world: WORLD,
    steps: [
      { send: { type: "VHDS", subscribe: ["r/one.com"] } },
      { expect: { type: "VHDS", resources: ["r/one=1 aka r/one.com"] } },
      { send: { type: "VHDS", nonce: "last", subscribe: ["r/one.com"] } },
      { expect: { type: "VHDS", resources: ["r/one=1 aka r/one.com"] } },
    ],
  },
  {
    name: "H2 a changed virtual host is sent without aliases, and one without subscribed hosts is not sent",
    variant: "delta",
    world: WORLD,
    steps: [
      { send: { type: "VHDS", subscribe: ["r/one.com", "r/www.one.com"] } },
      { expect: { type: "VHDS", resources: ["r/one=1 aka r/one.com r/www.one.com"] } },
      { send: { type: "VHDS", nonce: "last" } },
      { apply: { VHDS: { ...HOSTS, "r/one": "2 domains=one.com,www.one.com", "r/wild": "2 domains=*.wild.com" } } },
      { expect: { type: "VHDS", resources: ["r/one=2"] } },
      { send: { type: "VHDS", nonce: "last" } },
      { apply: { VHDS: {} } },
      { expect: { type: "VHDS", removed: ["r/one"] } },
    ],
  },
  {
    name: "H2 a domain that moves to another virtual host moves its alias",
    variant: "delta",
    world: WORLD,
    steps: [
      { send: { type: "VHDS", subscribe: ["r/one.com", "r/www.one.com", "r/a.very.wild.com"] } },
      {
        expect: {
          type: "VHDS",
          resources: ["r/one=1 aka r/one.com r/www.one.com", "r/wilder=1 aka r/a.very.wild.com"],
        },
      },
      { send: { type: "VHDS", nonce: "last" } },
      // One of two domains of r/one moves, and the only subscribed one of r/wilder.
      {
        apply: {
          VHDS: {
            "r/one": "2 domains=one.com",
            "r/new": "1 domains=www.one.com",
            "r/wild": "1 domains=*.wild.com",
            "r/wilder": "1 domains=*.other.com",
          },
        },
      },
      {
        expect: {
          type: "VHDS",
          resources: ["r/one=2", "r/new=1 aka r/www.one.com", "r/wild=1 aka r/a.very.wild.com"],
          removed: ["r/wilder"],
        },
      },
    ],
  },
  {
    name: "H3 a host without a virtual host is reported without a resource, and sent once one serves it",
    variant: "delta",
    world: WORLD,
    steps: [
      { send: { type: "VHDS", subscribe: ["r/none.com", "r/other.com", "r/one.com", "t/one.com"] } },
      {
        expect: {
          type: "VHDS",
          resources: ["r/none.com missing", "r/other.com missing", "t/one.com missing", "r/one=1 aka r/one.com"],
        },
      },
      { send: { type: "VHDS", nonce: "last" } },
      { quiet: true },
      { apply: { VHDS: { ...HOSTS, "r/late": "1 domains=none.com,other.com" } } },
      { expect: { type: "VHDS", resources: ["r/late=1 aka r/none.com r/other.com"] } },
      { send: { type: "VHDS", nonce: "last", subscribe: ["r/absent.com"] } },
      { expect: { type: "VHDS", resources: ["r/absent.com missing"] } },
    ],
  },
  {
    name: "H4 an empty first request gets each collection reported as removed",
    variant: "delta",
    world: WORLD,
    steps: [
      { send: { type: "VHDS" } },
      { expect: { type: "VHDS", removed: ["r/*", "s/*"] } },
      { send: { type: "VHDS", nonce: "last" } },
      { apply: { VHDS: { ...HOSTS, "r/one": "2 domains=one.com" } } },
      { quiet: true },
      { send: { type: "VHDS", subscribe: ["r/one.com"] } },
      { expect: { type: "VHDS", resources: ["r/one=2 aka r/one.com"] } },
    ],
  },
  {
    name: "H4 the wildcard subscribes to all virtual hosts, and hosts beside it get their aliases",
    variant: "delta",
    world: WORLD,
    steps: [
      { send: { type: "VHDS", subscribe: ["*"] } },
      {
        expect: {
          type: "VHDS",
          resources: Object.entries(HOSTS).map(([name, text]) => `${name}=${text.split(" ")[0]}`),
        },
      },
      { send: { type: "VHDS", nonce: "last", subscribe: ["r/one.com", "r/none.com"] } },
      { expect: { type: "VHDS", resources: ["r/one=1 aka r/one.com", "r/none.com missing"] } },
      { send: { type: "VHDS", nonce: "last", unsubscribe: ["r/one.com"] } },
      { expect: { type: "VHDS", resources: ["r/one=1"] } },
      { send: { type: "VHDS", nonce: "last" } },
      { apply: { VHDS: { ...HOSTS, "r/one": "2 domains=one.com" } } },
      { expect: { type: "VHDS", resources: ["r/one=2"] } },
    ],
  },
  {
    name: "H5 D13 a host is unsubscribed by its alias, and the last alias unsubscribes the virtual host",
    variant: "delta",
    world: WORLD,
    steps: [
      { send: { type: "VHDS", subscribe: ["r/one.com", "r/www.one.com"] } },
      { expect: { type: "VHDS", resources: ["r/one=1 aka r/one.com r/www.one.com"] } },
      { send: { type: "VHDS", nonce: "last", unsubscribe: ["r/one.com"] } },
      { quiet: true },
      { apply: { VHDS: { ...HOSTS, "r/one": "2 domains=one.com,www.one.com" } } },
      { expect: { type: "VHDS", resources: ["r/one=2"] } },
      { send: { type: "VHDS", nonce: "last", unsubscribe: ["r/www.one.com"] } },
      { apply: { VHDS: { ...HOSTS, "r/one": "3 domains=one.com,www.one.com" } } },
      { quiet: true },
    ],
  },
  {
    name: "H5 a virtual host can be subscribed and unsubscribed by its own name",
    variant: "delta",
    world: WORLD,
    steps: [
      { send: { type: "VHDS", subscribe: ["r/one", "r/one.com"] } },
      { expect: { type: "VHDS", resources: ["r/one=1 aka r/one r/one.com"] } },
      { send: { type: "VHDS", nonce: "last", unsubscribe: ["r/one"] } },
      { apply: { VHDS: { ...HOSTS, "r/one": "2 domains=one.com" } } },
      { expect: { type: "VHDS", resources: ["r/one=2"] } },
      { send: { type: "VHDS", nonce: "last", unsubscribe: ["r/one"] } },
      { apply: { VHDS: { ...HOSTS, "r/one": "3 domains=one.com" } } },
      { quiet: true },
    ],
  },
  {
    name: "H6 a resent route configuration gets its virtual hosts resent",
    variant: "delta",
    world: { RDS: { r: "1 vhds", s: "1 vhds", t: "1" }, ...WORLD },
    steps: [
      { send: { type: "RDS", subscribe: ["r"] } },
      { expect: { type: "RDS", resources: ["r=1 vhds"] } },
      { send: { type: "RDS", nonce: "last" } },
      { send: { type: "VHDS", subscribe: ["r/one.com", "s/one.com"] } },
      // The client subscribes to a host of r, so r is not reported as empty.
      { expect: { type: "VHDS", resources: ["r/one=1 aka r/one.com", "s/one=1 aka s/one.com"] } },
      { send: { type: "VHDS", nonce: "last" } },
      { apply: { RDS: { r: "2 vhds", s: "2 vhds", t: "2" }, ...WORLD } },
      { expect: { type: "RDS", resources: ["r=2 vhds"] } },
      { expect: { type: "VHDS", resources: ["r/one=1 aka r/one.com"] } },
      { send: { type: "RDS", nonce: "last" } },
      { send: { type: "VHDS", nonce: "last" } },
      // A route configuration without subscribed hosts is reported as empty, so that the client does not wait.
      { send: { type: "RDS", subscribe: ["t"] } },
      { expect: { type: "RDS", resources: ["t=2"] } },
      { send: { type: "RDS", nonce: "last" } },
      { apply: { RDS: { r: "2 vhds", s: "2 vhds", t: "3 vhds" }, ...WORLD } },
      { expect: { type: "RDS", resources: ["t=3 vhds"] } },
      { expect: { type: "VHDS", removed: ["t/*"] } },
    ],
  },
  {
    name: "H6 a route configuration sent after the wildcard gets its virtual hosts resent",
    variant: "delta",
    world: { RDS: { r: "1 vhds", t: "1 vhds" }, ...WORLD },
    steps: [
      { send: { type: "VHDS", subscribe: ["*"] } },
      {
        expect: {
          type: "VHDS",
          resources: Object.entries(HOSTS).map(([name, text]) => `${name}=${text.split(" ")[0]}`),
        },
      },
      { send: { type: "VHDS", nonce: "last" } },
      { send: { type: "RDS", subscribe: ["r", "t"] } },
      { expect: { type: "RDS", resources: ["r=1 vhds", "t=1 vhds"] } },
      { expect: { type: "VHDS", resources: ["r/one=1", "r/wild=1", "r/wilder=1"], removed: ["t/*"] } },
    ],
  },
  {
    name: "H2 H3 a reconnecting client gets a response for all hosts that it subscribes to",
    variant: "delta",
    world: WORLD,
    steps: [
      {
        send: {
          type: "VHDS",
          subscribe: ["r/one.com", "r/none.com"],
          initial: { "r/one": HOSTS["r/one"], "r/gone": "1 domains=gone.com" },
        },
      },
      {
        expect: {
          type: "VHDS",
          resources: ["r/one=1 aka r/one.com", "r/none.com missing"],
          removed: ["r/gone"],
        },
      },
    ],
  },
  {
    name: "H2 D17 a NACKed virtual host is not resent until it changes or is subscribed again",
    variant: "delta",
    world: WORLD,
    steps: [
      { send: { type: "VHDS", subscribe: ["r/one.com"] } },
      { expect: { type: "VHDS", resources: ["r/one=1 aka r/one.com"] } },
      { send: { type: "VHDS", nack: "no" } },
      { quiet: true },
      { send: { type: "VHDS", subscribe: ["r/www.one.com"] } },
      { expect: { type: "VHDS", resources: ["r/one=1 aka r/www.one.com"] } },
    ],
  },
  ...(["SDS", "NEW"] as const).flatMap((type): Transcript[] => [
    {
      name: `H9 H10 ${type} is sent name by name, and never in an empty response`,
      variant: "delta",
      world: { [type]: { a: "1", b: "1" } },
      steps: [
        { send: { type, subscribe: ["a"] } },
        { expect: { type, resources: ["a=1"] } },
        { send: { type, nonce: "last", subscribe: ["none"] } },
        { expect: { type, removed: ["none"] } },
        { send: { type, nonce: "last" } },
        { apply: { [type]: { a: "1", b: "2" } } },
        { quiet: true },
        { send: { type, unsubscribe: ["a"] } },
        { quiet: true },
        { apply: { [type]: { a: "2", none: "1" } } },
        { expect: { type, resources: ["none=1"] } },
      ],
    },
    {
      name: `H9 H10 ${type} in SotW is sent name by name, and a missing name gets no response`,
      variant: "sotw",
      world: { [type]: { a: "1", b: "1" } },
      steps: [
        { send: { type, names: ["none"] } },
        { quiet: true },
        { send: { type, names: ["none", "a"] } },
        { expect: { type, resources: ["a=1"] } },
        { send: { type, nonce: "last", names: ["none", "a"] } },
        { apply: { [type]: { b: "1" } } },
        { quiet: true },
        { apply: { [type]: { b: "2", none: "1" } } },
        { expect: { type, resources: ["none=1"] } },
      ],
    },
  ]),
  {
    name: "H7 D7 a cluster can be subscribed beside the wildcard, and a missing one is reported at once",
    variant: "delta",
    world: { CDS: { a: "1" } },
    steps: [
      { send: { type: "CDS" } },
      { expect: { type: "CDS", resources: ["a=1"] } },
      { send: { type: "CDS", nonce: "last", subscribe: ["a", "none"] } },
      { expect: { type: "CDS", resources: ["a=1"], removed: ["none"] } },
      { send: { type: "CDS", nonce: "last" } },
      { apply: { CDS: { a: "1", none: "1" } } },
      { expect: { type: "CDS", resources: ["none=1"] } },
    ],
  },
];
