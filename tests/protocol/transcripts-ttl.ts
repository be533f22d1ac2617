import type { Client, Transcript } from "./transcript.ts";

const envoy: Client = { id: "node", userAgentName: "envoy" };
const other: Client = { id: "node", clientFeatures: ["xds.config.resource-in-sotw"] };

/** Resources with a ttl, and how clients learn that they live on. */
export const TTL_TRANSCRIPTS: readonly Transcript[] = [
  {
    name: "L2 L4 S32 a resource with a ttl is wrapped, and sent again before it ends, for Envoy heeds no heartbeat",
    variant: "sotw",
    world: { SDS: { a: "1 ttl=90", b: "1" } },
    steps: [
      { send: { type: "SDS", names: ["a", "b"], node: envoy } },
      { expect: { type: "SDS", resources: ["a=1 ttl=90", "b=1"] } },
      { send: { type: "SDS", names: ["a", "b"], nonce: "last", node: null } },
      { wait: 30 },
      { expect: { type: "SDS", resources: ["a=1 ttl=90"] } },
      { send: { type: "SDS", names: ["a", "b"], nonce: "last", node: null } },
      { wait: 30 },
      { expect: { type: "SDS", resources: ["a=1 ttl=90"] } },
    ],
  },
  {
    name: "L1 L3 L4 in delta it is told to live on, until there is no ttl any more",
    variant: "delta",
    world: { SDS: { a: "1 ttl=90", b: "1" } },
    steps: [
      { send: { type: "SDS", subscribe: ["a", "b"], node: envoy } },
      { expect: { type: "SDS", resources: ["a=1 ttl=90", "b=1"] } },
      { send: { type: "SDS", nonce: "last", node: null } },
      { wait: 30 },
      { expect: { type: "SDS", resources: ["a lives ttl=90"] } },
      { apply: { SDS: { a: "1", b: "1" } } },
      { send: { type: "SDS", nonce: "last", node: null } },
      { expect: { type: "SDS", resources: ["a=1"] } },
      { send: { type: "SDS", nonce: "last", node: null } },
      { wait: 90 },
      { quiet: true },
    ],
  },
  {
    name: "L4 a client that comes back with what has a ttl is told that it lives on",
    variant: "delta",
    world: { SDS: { a: "1 ttl=90" } },
    steps: [
      { send: { type: "SDS", subscribe: ["a"], initial: { a: "1 ttl=90" }, node: envoy } },
      // Nothing before it, which is not looked for: under load the time has passed by then.
      { wait: 30 },
      { expect: { type: "SDS", resources: ["a lives ttl=90"] } },
    ],
  },
  {
    name: "L7 virtual hosts are sent again in full, for one without content would say that there is none",
    variant: "delta",
    world: { VHDS: { "r/one": "1 domains=one.com ttl=90", "r/two": "1 domains=two.com" } },
    steps: [
      { send: { type: "VHDS", subscribe: ["r/one.com", "r/two.com"], node: envoy } },
      { expect: { type: "VHDS", resources: ["r/one=1 aka r/one.com ttl=90", "r/two=1 aka r/two.com"] } },
      { send: { type: "VHDS", nonce: "last", node: null } },
      { wait: 30 },
      { expect: { type: "VHDS", resources: ["r/one=1 ttl=90"] } },
      { send: { type: "VHDS", nonce: "last", node: null } },
      { wait: 30 },
      { expect: { type: "VHDS", resources: ["r/one=1 ttl=90"] } },
    ],
  },
  {
    name: "L5 full state is sent in full",
    variant: "sotw",
    world: { CDS: { a: "1 ttl=90", b: "1" } },
    steps: [
      { send: { type: "CDS", node: envoy } },
      { expect: { type: "CDS", resources: ["a=1 ttl=90", "b=1"] } },
      { send: { type: "CDS", nonce: "last", node: null } },
      { wait: 30 },
      { expect: { type: "CDS", resources: ["a=1 ttl=90", "b=1"] } },
    ],
  },
  {
    name: "L3 a response that was rejected is not told to live on",
    variant: "delta",
    world: { SDS: { a: "1 ttl=90" } },
    steps: [
      { send: { type: "SDS", subscribe: ["a"], node: envoy } },
      { expect: { type: "SDS", resources: ["a=1 ttl=90"] } },
      { send: { type: "SDS", nack: "no", node: null } },
      { wait: 90 },
      { quiet: true },
    ],
  },
  {
    name: "L3 a client that does not have what it is told lives on is sent it, and told in full from then on",
    variant: "delta",
    world: { SDS: { a: "1 ttl=90", b: "1" } },
    steps: [
      { send: { type: "SDS", subscribe: ["a", "b"], node: envoy } },
      { expect: { type: "SDS", resources: ["a=1 ttl=90", "b=1"] } },
      { send: { type: "SDS", nonce: "last", node: null } },
      { wait: 30 },
      { expect: { type: "SDS", resources: ["a lives ttl=90"] } },
      { send: { type: "SDS", nack: "what is a?", node: null } },
      { expect: { type: "SDS", resources: ["a=1 ttl=90"] } },
      { send: { type: "SDS", nonce: "last", node: null } },
      { wait: 30 },
      { expect: { type: "SDS", resources: ["a=1 ttl=90"] } },
    ],
  },
  {
    name: "L6 S32 clients that do not read a ttl are told of none (SotW)",
    variant: "sotw",
    world: { SDS: { a: "1 ttl=90" } },
    steps: [
      { send: { type: "SDS", names: ["a"], node: other } },
      { expect: { type: "SDS", resources: ["a=1"] } },
      { send: { type: "SDS", names: ["a"], nonce: "last", node: null } },
      { wait: 90 },
      { quiet: true },
    ],
  },
  {
    name: "L6 clients that do not read a ttl are told of none (delta)",
    variant: "delta",
    world: { SDS: { a: "1 ttl=90" } },
    steps: [
      { send: { type: "SDS", subscribe: ["a"] } },
      { expect: { type: "SDS", resources: ["a=1"] } },
      { send: { type: "SDS", nonce: "last", node: null } },
      { wait: 90 },
      { quiet: true },
    ],
  },
];
