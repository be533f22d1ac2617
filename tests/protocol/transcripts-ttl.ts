import type { ClientNode, Transcript } from "./transcript.ts";

const envoy: ClientNode = { id: "node", userAgentName: "envoy" };
const other: ClientNode = { id: "node", clientFeatures: ["xds.config.resource-in-sotw"] };

/** Resources with a ttl, and their heartbeats. */
export const TTL_TRANSCRIPTS: readonly Transcript[] = [
  {
    name: "L2 L4 S32 a resource with a ttl is wrapped, and resent in full to an Envoy before the ttl expires",
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
    name: "L1 L3 L4 a resource gets heartbeats until its ttl is removed",
    variant: "delta",
    world: { SDS: { a: "1 ttl=90", b: "1" } },
    steps: [
      { send: { type: "SDS", subscribe: ["a", "b"], node: envoy } },
      { expect: { type: "SDS", resources: ["a=1 ttl=90", "b=1"] } },
      { send: { type: "SDS", nonce: "last", node: null } },
      { wait: 30 },
      { expect: { type: "SDS", resources: ["a heartbeat ttl=90"] } },
      { apply: { SDS: { a: "1", b: "1" } } },
      { send: { type: "SDS", nonce: "last", node: null } },
      { expect: { type: "SDS", resources: ["a=1"] } },
      { send: { type: "SDS", nonce: "last", node: null } },
      { wait: 90 },
      { quiet: true },
    ],
  },
  {
    name: "L4 a reconnecting client gets heartbeats for the resources it holds",
    variant: "delta",
    world: { SDS: { a: "1 ttl=90" } },
    steps: [
      { send: { type: "SDS", subscribe: ["a"], initial: { a: "1 ttl=90" }, node: envoy } },
      // No `quiet` before it: under load the time may have passed already.
      { wait: 30 },
      { expect: { type: "SDS", resources: ["a heartbeat ttl=90"] } },
    ],
  },
  {
    name: "L7 a virtual host is resent in full, since an empty one would report it missing",
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
    name: "L5 a heartbeat of a full-state type is a complete response",
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
    name: "L3 I2 what a client accepts has its heartbeats while it rejects something else",
    variant: "delta",
    world: { SDS: { a: "1 ttl=90", b: "bad ttl=90" } },
    steps: [
      { send: { type: "SDS", subscribe: ["a", "b"], node: envoy } },
      { expect: { type: "SDS", resources: ["a=1 ttl=90", "b=bad ttl=90"] } },
      { send: { type: "SDS", nack: 'resource "b": no', node: null } },
      { expect: { type: "SDS", resources: ["a=1 ttl=90"] } },
      { send: { type: "SDS", nonce: "last", node: null } },
      { wait: 40 },
      { expect: { type: "SDS", resources: ["a heartbeat ttl=90"] } },
    ],
  },
  ...[true, false].map((isolate): Transcript => ({
    name: `L3 a ${isolate ? "resource" : "response"} that was NACKed gets no heartbeat`,
    variant: "delta",
    isolate,
    world: { SDS: { a: "1 ttl=90" } },
    steps: [
      { send: { type: "SDS", subscribe: ["a"], node: envoy } },
      { expect: { type: "SDS", resources: ["a=1 ttl=90"] } },
      { send: { type: "SDS", nack: "no", node: null } },
      { wait: 90 },
      { quiet: true },
    ],
  })),
  {
    name: "L3 a NACKed heartbeat is followed by the full resource, then and for each later heartbeat",
    variant: "delta",
    world: { SDS: { a: "1 ttl=90", b: "1" } },
    steps: [
      { send: { type: "SDS", subscribe: ["a", "b"], node: envoy } },
      { expect: { type: "SDS", resources: ["a=1 ttl=90", "b=1"] } },
      { send: { type: "SDS", nonce: "last", node: null } },
      { wait: 30 },
      { expect: { type: "SDS", resources: ["a heartbeat ttl=90"] } },
      { send: { type: "SDS", nack: "what is a?", node: null } },
      { expect: { type: "SDS", resources: ["a=1 ttl=90"] } },
      { send: { type: "SDS", nonce: "last", node: null } },
      { wait: 30 },
      { expect: { type: "SDS", resources: ["a=1 ttl=90"] } },
    ],
  },
  {
    name: "L6 S32 a client that cannot read a ttl is sent none (SotW)",
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
    name: "L6 a client that cannot read a ttl is sent none (delta)",
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
