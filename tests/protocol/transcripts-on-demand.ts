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
    name: "H1 H2 a host is answered with its virtual host, by its domains, and its name as an alias",
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
    name: "H2 D3 a host that is asked for again is answered again",
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
    name: "H2 a virtual host that changes is sent as it is, and what nobody asked for is not",
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
    name: "H2 a domain that moves to another virtual host moves what was asked for",
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
      // One of the two goes elsewhere, and the last one that was served by a virtual host, too.
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
    name: "H3 a host that nobody serves is answered without a resource, and served once there is one",
    variant: "delta",
    world: WORLD,
    steps: [
      { send: { type: "VHDS", subscribe: ["r/none.com", "r/other.com", "r/one.com", "t/one.com"] } },
      {
        expect: {
          type: "VHDS",
          resources: ["r/none.com unknown", "r/other.com unknown", "t/one.com unknown", "r/one=1 aka r/one.com"],
        },
      },
      { send: { type: "VHDS", nonce: "last" } },
      { quiet: true },
      { apply: { VHDS: { ...HOSTS, "r/late": "1 domains=none.com,other.com" } } },
      { expect: { type: "VHDS", resources: ["r/late=1 aka r/none.com r/other.com"] } },
      { send: { type: "VHDS", nonce: "last", subscribe: ["r/nobody.com"] } },
      { expect: { type: "VHDS", resources: ["r/nobody.com unknown"] } },
    ],
  },
  {
    name: "H4 a first request without names is told that there is nothing for it yet",
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
    name: "H4 the wildcard asks for all virtual hosts, and hosts are answered beside it",
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
      { expect: { type: "VHDS", resources: ["r/one=1 aka r/one.com", "r/none.com unknown"] } },
      { send: { type: "VHDS", nonce: "last", unsubscribe: ["r/one.com"] } },
      { expect: { type: "VHDS", resources: ["r/one=1"] } },
      { send: { type: "VHDS", nonce: "last" } },
      { apply: { VHDS: { ...HOSTS, "r/one": "2 domains=one.com" } } },
      { expect: { type: "VHDS", resources: ["r/one=2"] } },
    ],
  },
  {
    name: "H5 D13 a host is dropped by the name that it was asked for by, and the last one drops the virtual host",
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
    name: "H5 a virtual host can be asked for and dropped by its own name",
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
    name: "H6 a route configuration that is sent again has its virtual hosts sent again",
    variant: "delta",
    world: { RDS: { r: "1 vhds", s: "1 vhds", t: "1" }, ...WORLD },
    steps: [
      { send: { type: "RDS", subscribe: ["r"] } },
      { expect: { type: "RDS", resources: ["r=1 vhds"] } },
      { send: { type: "RDS", nonce: "last" } },
      { send: { type: "VHDS", subscribe: ["r/one.com", "s/one.com"] } },
      // Of the route configuration that was sent there is something already.
      { expect: { type: "VHDS", resources: ["r/one=1 aka r/one.com", "s/one=1 aka s/one.com"] } },
      { send: { type: "VHDS", nonce: "last" } },
      { apply: { RDS: { r: "2 vhds", s: "2 vhds", t: "2" }, ...WORLD } },
      { expect: { type: "RDS", resources: ["r=2 vhds"] } },
      { expect: { type: "VHDS", resources: ["r/one=1 aka r/one.com"] } },
      { send: { type: "RDS", nonce: "last" } },
      { send: { type: "VHDS", nonce: "last" } },
      // One that has none of the client's is told to be empty, so that the client does not wait.
      { send: { type: "RDS", subscribe: ["t"] } },
      { expect: { type: "RDS", resources: ["t=2"] } },
      { send: { type: "RDS", nonce: "last" } },
      { apply: { RDS: { r: "2 vhds", s: "2 vhds", t: "3 vhds" }, ...WORLD } },
      { expect: { type: "RDS", resources: ["t=3 vhds"] } },
      { expect: { type: "VHDS", removed: ["t/*"] } },
    ],
  },
  {
    name: "H6 with the wildcard the virtual hosts of that route configuration are sent again",
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
    name: "H2 H3 a client that comes back is answered for all hosts that it names",
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
          resources: ["r/one=1 aka r/one.com", "r/none.com unknown"],
          removed: ["r/gone"],
        },
      },
    ],
  },
  {
    name: "H2 D17 a virtual host that was rejected is not sent again before it changes, or is asked for",
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
      name: `H9 H10 ${type} is answered name by name, and never by nothing`,
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
      name: `H9 H10 ${type} in SotW: one by one as asked for, and nothing where there is none`,
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
    name: "H7 D7 a cluster is asked for beside the wildcard, and refused at once",
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
