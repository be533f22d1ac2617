import type { Transcript } from "./transcript.ts";

const EDS = "xdstp://prod.example/envoy.config.endpoint.v3.ClusterLoadAssignment";
const CDS = "xdstp://prod.example/envoy.config.cluster.v3.Cluster";
const LDS = "xdstp://prod.example/envoy.config.listener.v3.Listener";
const LEDS = "xdstp://prod.example/envoy.config.endpoint.v3.LbEndpoint";

/** Two collections, one of them with a deeper one and with a member of other parameters. */
const FOLDERS = {
  LEDS: {
    [`${LEDS}/a/1`]: "1",
    [`${LEDS}/a/2`]: "1",
    [`${LEDS}/a/1?zone=x`]: "1",
    [`${LEDS}/a/deeper/3`]: "1",
    [`${LEDS}/b/1`]: "1",
    "plain/1": "1",
  },
};

/** Names of the form `xdstp://…`. */
export const NAME_TRANSCRIPTS: readonly Transcript[] = [
  ...(["sotw", "delta"] as const).flatMap((variant): Transcript[] => {
    const sotw = variant === "sotw";
    const subscribe = (...names: string[]) => sotw ? { names } : { subscribe: names };
    return [
      {
        name: "X1 parameters have no order, and delta sends a resource under the client's spelling of its name",
        variant,
        world: { EDS: { [`${EDS}/e?env=b%3Dc&zone=a`]: "1" } },
        steps: [
          { send: { type: "EDS", ...subscribe(`${EDS}/e?zone=a&env=b%3Dc`) } },
          // A SotW response has no name but the one in the resource.
          { expect: { type: "EDS", resources: [`${EDS}/e?${sotw ? "env=b%3Dc&zone=a" : "zone=a&env=b%3Dc"}=1`] } },
          { send: { type: "EDS", nonce: "last", ...(sotw && subscribe(`${EDS}/e?zone=a&env=b%3Dc`)) } },
          { quiet: true },
          { apply: { EDS: { [`${EDS}/e?env=b%3Dc&zone=a`]: "2" } } },
          { expect: { type: "EDS", resources: [`${EDS}/e?${sotw ? "env=b%3Dc&zone=a" : "zone=a&env=b%3Dc"}=2`] } },
        ],
      },
      {
        name: "X2 X3 a name that differs in a parameter, the type or the authority does not exist",
        variant,
        world: { EDS: { [`${EDS}/e?zone=a`]: "1" }, CDS: { [`${CDS}/c`]: "1" } },
        steps: [
          {
            send: {
              type: "EDS",
              ...subscribe(
                `${EDS}/e`,
                `${EDS}/e?zone=a&more=b`,
                `${EDS}/e?zone=b`,
                `${CDS}/c`,
                `${EDS.replace("prod", "test")}/e?zone=a`,
                `${EDS}/e?zone=a`,
              ),
            },
          },
          {
            expect: {
              type: "EDS",
              resources: [`${EDS}/e?zone=a=1`],
              ...(!sotw && {
                removed: [
                  `${EDS}/e`,
                  `${EDS}/e?zone=a&more=b`,
                  `${EDS}/e?zone=b`,
                  `${CDS}/c`,
                  `${EDS.replace("prod", "test")}/e?zone=a`,
                ],
              }),
            },
          },
          { quiet: true },
        ],
      },
      {
        name: "X9 directives are not part of a name",
        variant,
        world: { EDS: { [`${EDS}/e`]: "1" } },
        steps: [
          { send: { type: "EDS", ...subscribe(`${EDS}/e#alt=${encodeURIComponent("xdstp://other/x/y")},entry=z`) } },
          {
            expect: {
              type: "EDS",
              resources: [
                variant === "sotw" ? `${EDS}/e=1` : `${EDS}/e#alt=${encodeURIComponent("xdstp://other/x/y")},entry=z=1`,
              ],
            },
          },
        ],
      },
      {
        name: "X10 resource locators are names, alone and beside names",
        variant,
        world: { EDS: { a: "1", b: "1", c: "1" }, CDS: { c: "1" } },
        steps: [
          { send: { type: "EDS", ...subscribe("a"), locators: ["b"] } },
          { expect: { type: "EDS", resources: ["a=1", "b=1"] } },
          { send: { type: "CDS", locators: ["none"] } },
          { expect: { type: "CDS", ...(!sotw && { removed: ["none"] }) } },
          { quiet: true },
        ],
      },
      {
        name: "X13 S31 xdstp names and opaque names share a stream",
        variant,
        world: { EDS: { "a?y=1&x=2": "1", "folder/*": "1", "folder/b": "1", [`${EDS}/e`]: "1", "xdstp:e": "1" } },
        steps: [
          { send: { type: "EDS", ...subscribe("a?x=2&y=1", "folder/*", `${EDS}/e`, "xdstp:e", "xdstp://%/x") } },
          {
            expect: {
              type: "EDS",
              resources: ["folder/*=1", `${EDS}/e=1`, "xdstp:e=1"],
              ...(!sotw && { removed: ["a?x=2&y=1", "xdstp://%/x"] }),
            },
          },
          {
            send: {
              type: "EDS",
              nonce: "last",
              ...(sotw && subscribe("a?x=2&y=1", "folder/*", `${EDS}/e`, "xdstp:e", "xdstp://%/x")),
            },
          },
          { apply: { EDS: { "a?y=1&x=2": "2", "folder/*": "1", "folder/b": "2", [`${EDS}/e`]: "2", "xdstp:e": "1" } } },
          { expect: { type: "EDS", resources: [`${EDS}/e=2`] } },
        ],
      },
    ];
  }),
  {
    name: "X1 unsubscribing and initial_resource_versions match a name in any spelling",
    variant: "delta",
    world: { EDS: { [`${EDS}/e?b=2&a=1`]: "1" } },
    steps: [
      { send: { type: "CDS" } },
      { expect: { type: "CDS", resources: [] } },
      {
        send: {
          type: "EDS",
          subscribe: [`${EDS}/e?b=2&a=1`],
          initial: { [`${EDS}/e?b=2&a=1`]: "1" },
        },
      },
      { quiet: true },
      { apply: { EDS: { [`${EDS}/e?a=1&b=2`]: "2" } } },
      { expect: { type: "EDS", resources: [`${EDS}/e?b=2&a=1=2`] } },
      { send: { type: "EDS", nonce: "last" } },
      { send: { type: "CDS", nonce: "last" } },
      { apply: { EDS: {} } },
      { expect: { type: "EDS", removed: [`${EDS}/e?b=2&a=1`] } },
      { send: { type: "EDS", nonce: "last", unsubscribe: [`${EDS}/e?a=1&b=2`] } },
      { apply: { EDS: { [`${EDS}/e?a=1&b=2`]: "3" } } },
      { quiet: true },
    ],
  },
  {
    name: "X4 a glob covers the direct members of its collection with its parameters, and follows their changes",
    variant: "delta",
    world: FOLDERS,
    steps: [
      { send: { type: "LEDS", subscribe: [`${LEDS}/a/*`] } },
      { expect: { type: "LEDS", resources: [`${LEDS}/a/1=1`, `${LEDS}/a/2=1`] } },
      { send: { type: "LEDS", nonce: "last" } },
      { quiet: true },
      {
        apply: {
          LEDS: {
            [`${LEDS}/a/1`]: "2",
            [`${LEDS}/a/3`]: "1",
            [`${LEDS}/a/1?zone=x`]: "2",
            [`${LEDS}/a/deeper/3`]: "2",
            [`${LEDS}/b/1`]: "2",
          },
        },
      },
      { expect: { type: "LEDS", resources: [`${LEDS}/a/1=2`, `${LEDS}/a/3=1`], removed: [`${LEDS}/a/2`] } },
      { send: { type: "LEDS", nonce: "last", subscribe: [`${LEDS}/a/*?zone=x`, `${LEDS}/a/deeper/*`] } },
      { expect: { type: "LEDS", resources: [`${LEDS}/a/1?zone=x=2`, `${LEDS}/a/deeper/3=2`] } },
      { send: { type: "LEDS", nonce: "last" } },
      { apply: { LEDS: {} } },
      {
        expect: {
          type: "LEDS",
          removed: [`${LEDS}/a/1`, `${LEDS}/a/3`, `${LEDS}/a/1?zone=x`, `${LEDS}/a/deeper/3`],
        },
      },
    ],
  },
  {
    name: "X4 globs, names and the wildcard together send each resource once",
    variant: "delta",
    world: FOLDERS,
    steps: [
      { send: { type: "LEDS", subscribe: [`${LEDS}/a/*`, `${LEDS}/a/1`, "plain/1", "*"] } },
      {
        expect: {
          type: "LEDS",
          resources: [
            `${LEDS}/a/1=1`,
            `${LEDS}/a/2=1`,
            `${LEDS}/a/1?zone=x=1`,
            `${LEDS}/a/deeper/3=1`,
            `${LEDS}/b/1=1`,
            "plain/1=1",
          ],
        },
      },
      { send: { type: "LEDS", nonce: "last", unsubscribe: ["*"] } },
      { apply: { LEDS: { [`${LEDS}/a/1`]: "2", [`${LEDS}/a/2`]: "2", [`${LEDS}/b/1`]: "2", "plain/1": "2" } } },
      { expect: { type: "LEDS", resources: [`${LEDS}/a/1=2`, `${LEDS}/a/2=2`, "plain/1=2"] } },
    ],
  },
  {
    name: "X4 D3 a glob that is subscribed again in any spelling is resent",
    variant: "delta",
    world: { LEDS: { [`${LEDS}/a/1?x=1&y=2`]: "1" } },
    steps: [
      { send: { type: "LEDS", subscribe: [`${LEDS}/a/*?y=2&x=1`] } },
      { expect: { type: "LEDS", resources: [`${LEDS}/a/1?x=1&y=2=1`] } },
      { send: { type: "LEDS", nonce: "last", subscribe: [`${LEDS}/a/*?x=1&y=2`] } },
      { expect: { type: "LEDS", resources: [`${LEDS}/a/1?x=1&y=2=1`] } },
    ],
  },
  {
    name: "X4 a glob covers all of its members in SotW, too",
    variant: "sotw",
    world: { CDS: { [`${CDS}/a/1`]: "1", [`${CDS}/a/2`]: "1", [`${CDS}/b/1`]: "1" }, ...FOLDERS },
    steps: [
      { send: { type: "CDS", names: [`${CDS}/a/*`, `${CDS}/a/1`] } },
      { expect: { type: "CDS", resources: [`${CDS}/a/1=1`, `${CDS}/a/2=1`] } },
      { send: { type: "CDS", nonce: "last", names: [`${CDS}/a/*`, `${CDS}/a/1`] } },
      { send: { type: "LEDS", names: [`${LEDS}/a/*`] } },
      { expect: { type: "LEDS", resources: [`${LEDS}/a/1=1`, `${LEDS}/a/2=1`] } },
      { send: { type: "LEDS", nonce: "last", names: [`${LEDS}/a/*`] } },
      { quiet: true },
      { apply: { CDS: { [`${CDS}/a/1`]: "1", [`${CDS}/b/1`]: "2" }, LEDS: { ...FOLDERS.LEDS, [`${LEDS}/a/2`]: "2" } } },
      { expect: { type: "CDS", resources: [`${CDS}/a/1=1`] } },
      { expect: { type: "LEDS", resources: [`${LEDS}/a/2=2`] } },
    ],
  },
  {
    name: "X5 an empty glob is reported as removed in the client's spelling, and filled later",
    variant: "delta",
    world: FOLDERS,
    steps: [
      { send: { type: "LEDS", subscribe: [`${LEDS}/none/*`, `${LEDS}/b/*?b=1&a=2`] } },
      { expect: { type: "LEDS", removed: [`${LEDS}/none/*`, `${LEDS}/b/*?b=1&a=2`] } },
      { send: { type: "LEDS", nonce: "last" } },
      { apply: { LEDS: { [`${LEDS}/b/9?a=2&b=1`]: "1" } } },
      { expect: { type: "LEDS", resources: [`${LEDS}/b/9?a=2&b=1=1`] } },
    ],
  },
  {
    name: "X6 D13 unsubscribing a glob keeps the subscribed names and gets no response",
    variant: "delta",
    world: FOLDERS,
    steps: [
      { send: { type: "LEDS", subscribe: [`${LEDS}/a/*`, `${LEDS}/a/1`, `${LEDS}/b/*`] } },
      { expect: { type: "LEDS", resources: [`${LEDS}/a/1=1`, `${LEDS}/a/2=1`, `${LEDS}/b/1=1`] } },
      { send: { type: "LEDS", nonce: "last", unsubscribe: [`${LEDS}/a/*`] } },
      { quiet: true },
      { apply: { LEDS: { [`${LEDS}/a/1`]: "2", [`${LEDS}/a/2`]: "2", [`${LEDS}/b/1`]: "2" } } },
      { expect: { type: "LEDS", resources: [`${LEDS}/a/1=2`, `${LEDS}/b/1=2`] } },
    ],
  },
  {
    name: "X6 D11 an unsubscribed name that a glob or the wildcard still covers is sent, or reported as removed",
    variant: "delta",
    world: FOLDERS,
    steps: [
      { send: { type: "LEDS", subscribe: [`${LEDS}/b/*`, `${LEDS}/b/1`, `${LEDS}/b/2`] } },
      { expect: { type: "LEDS", resources: [`${LEDS}/b/1=1`], removed: [`${LEDS}/b/2`] } },
      { send: { type: "LEDS", nonce: "last", unsubscribe: [`${LEDS}/b/1`, `${LEDS}/b/2`] } },
      { expect: { type: "LEDS", resources: [`${LEDS}/b/1=1`], removed: [`${LEDS}/b/2`] } },
      { send: { type: "LEDS", nonce: "last", subscribe: ["*"] } },
      {
        expect: {
          type: "LEDS",
          resources: Object.keys(FOLDERS.LEDS).map((name) => `${name}=1`),
        },
      },
      { send: { type: "LEDS", nonce: "last", unsubscribe: [`${LEDS}/b/*`] } },
      { expect: { type: "LEDS", resources: [`${LEDS}/b/1=1`] } },
    ],
  },
  {
    name: "X4 resent endpoints get their collection resent",
    variant: "delta",
    world: {
      EDS: { e: `1 leds=${LEDS}/a/*`, f: "1" },
      LEDS: { [`${LEDS}/a/1`]: "1", [`${LEDS}/b/1`]: "1" },
    },
    steps: [
      { send: { type: "EDS", subscribe: ["e", "f"] } },
      { expect: { type: "EDS", resources: [`e=1 leds=${LEDS}/a/*`, "f=1"] } },
      { send: { type: "EDS", nonce: "last" } },
      { send: { type: "LEDS", subscribe: [`${LEDS}/a/*`] } },
      { expect: { type: "LEDS", resources: [`${LEDS}/a/1=1`] } },
      { send: { type: "LEDS", nonce: "last" } },
      { send: { type: "EDS", subscribe: ["e"] } },
      { expect: { type: "EDS", resources: [`e=1 leds=${LEDS}/a/*`] } },
      { expect: { type: "LEDS", resources: [`${LEDS}/a/1=1`] } },
      { send: { type: "EDS", nonce: "last" } },
      { send: { type: "LEDS", nonce: "last" } },
      { send: { type: "EDS", subscribe: ["f"] } },
      { expect: { type: "EDS", resources: ["f=1"] } },
      { quiet: true },
    ],
  },
  {
    name: "X7 list collections are ordinary resources",
    variant: "delta",
    world: { NEW: { "xdstp://a/example.Custom/list": "1" }, LDS: { [`${LDS}/l`]: "1" } },
    steps: [
      { send: { type: "NEW", subscribe: ["xdstp://a/example.Custom/list"] } },
      { expect: { type: "NEW", resources: ["xdstp://a/example.Custom/list=1"] } },
      { send: { type: "NEW", nonce: "last" } },
      { apply: { NEW: { "xdstp://a/example.Custom/list": "2" } } },
      { expect: { type: "NEW", resources: ["xdstp://a/example.Custom/list=2"] } },
    ],
  },
  {
    name: "X10 a locator is unsubscribed by a locator or by a name",
    variant: "delta",
    world: { EDS: { a: "1", b: "1" } },
    steps: [
      { send: { type: "EDS", locators: ["a", "b"] } },
      { expect: { type: "EDS", resources: ["a=1", "b=1"] } },
      { send: { type: "EDS", nonce: "last", unsubscribeLocators: ["a"] } },
      { apply: { EDS: { a: "2", b: "2" } } },
      { expect: { type: "EDS", resources: ["b=2"] } },
      { send: { type: "EDS", nonce: "last", unsubscribe: ["b"] } },
      { apply: { EDS: { a: "3", b: "3" } } },
      { quiet: true },
    ],
  },
  ...(["b=1&a=2", "a=2&b=1"] as const).map((params): Transcript => ({
    name: `X1 O4 a changed cluster gets its endpoints resent, subscribed as ${params}`,
    variant: "delta",
    world: { CDS: { [`${CDS}/c?b=1&a=2`]: "1" }, EDS: { [`${CDS}/c?b=1&a=2`]: "1" } },
    steps: [
      { send: { type: "CDS" } },
      { expect: { type: "CDS", resources: [`${CDS}/c?a=2&b=1=1`] } },
      { send: { type: "EDS", subscribe: [`${CDS}/c?${params}`] } },
      { expect: { type: "EDS", resources: [`${CDS}/c?${params}=1`] } },
      { send: { type: "EDS", nonce: "last" } },
      { send: { type: "CDS", nonce: "last" } },
      { apply: { CDS: { [`${CDS}/c?b=1&a=2`]: "2" }, EDS: { [`${CDS}/c?b=1&a=2`]: "1" } } },
      { expect: { type: "CDS", resources: [`${CDS}/c?a=2&b=1=2`] } },
      { expect: { type: "EDS", resources: [`${CDS}/c?${params}=1`] } },
    ],
  })),
];
