import type { MessageInitShape } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { FilterSchema } from "../../gen/envoy/config/listener/v3/listener_components_pb.ts";
import { TcpProxySchema } from "../../gen/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.ts";
import { rawResource, type Resource } from "../../mod.ts";
import {
  ads,
  cluster,
  httpConnectionManager,
  listener,
  routeConfiguration,
  scopedRoute,
  typedConfig,
} from "../../src/v3/mod.ts";
import { type Type, TYPES } from "../protocol/transcript.ts";

/** The published resources, by type and name. A label is `name=content`, followed by `>name` of what it refers to. */
export type World = Readonly<Record<Type, ReadonlyMap<string, string>>>;

/** A world as small numbers, to be generated and changed: 0 is absence, any other number a content. */
export type Plan = readonly number[];

/** What the places of a plan stand for. */
export const SLOTS = "c0 c1 c2 c3 e0 e1 e2 e3 r0 r1 l0 l1 k0 s0 s1 x0 x1".split(" ");
/** Contents of a slot: with absence, one more. */
export const CONTENTS = 6;

/** The names that clients subscribe to; the last one of each type never exists. */
export const NAMES: Readonly<Record<Type, readonly string[]>> = {
  CDS: ["c0", "c1", "c2", "c3", "c4"],
  EDS: ["c0", "c1", "c2", "c3", "c4"],
  LDS: ["l0", "l1", "l2"],
  RDS: ["r0", "r1", "r2"],
  SRDS: ["k0", "k1"],
  SDS: ["s0", "s1", "s2"],
  NEW: ["x0", "x1", "x2"],
};

/** The ttl of all resources that have one, in milliseconds. */
export const TTL_MS = 300;

/** A consistent world: all references have targets. */
export function worldOf(plan: Plan): World {
  const of = (kind: string) =>
    SLOTS.flatMap((slot, i) => slot.startsWith(kind) && plan[i]! > 0 ? [[slot, plan[i]!] as const] : []);
  const clusters = of("c").map(([name]) => name);
  const routes = of("r").map(([name]) => name);
  const refer = (targets: readonly string[], content: number) =>
    targets.length > 0 ? `>${targets[content % targets.length]}` : "";
  const labelled = (entries: [name: string, text: string][]) =>
    new Map(entries.map(([n, text]) => [n, `${n}=${text}`]));
  return {
    CDS: labelled(
      of("c").map(([name, content]) => [name, name === "c3" && content === 6 ? "0 ttl" : `${content % 3}`]),
    ),
    EDS: labelled(of("e").map(([name, content]) => [name.replace("e", "c"), `${content % 3}`])),
    RDS: labelled(of("r").map(([name, content]) => [name, `${content % 2}${refer(clusters, content)}`])),
    LDS: labelled(
      of("l").map(([name, content]) => {
        return [name, `${content % 2}${refer(content < 4 ? routes : clusters, content)}`];
      }),
    ),
    SRDS: labelled(routes.length === 0 ? [] : of("k").map(([name, content]) => [name, `0${refer(routes, content)}`])),
    SDS: labelled(of("s").map(([name, content]) => [name, `${content % 3}`])),
    NEW: labelled(
      of("x").map(([name, content]) => [name, `${content % 3}${name === "x0" && content > 3 ? " ttl" : ""}`]),
    ),
  };
}

/** What a label refers to: a route or a cluster, by its name. */
export function referenceIn(label: string): string | undefined {
  return label.split(">")[1];
}

export function hasTtl(label: string): boolean {
  return label.endsWith(" ttl");
}

/** The resources of a world. Their references stand where those of real ones do. */
export function resourcesOf(world: World): Resource[] {
  return (Object.keys(world) as Type[]).flatMap((type) =>
    [...world[type].values()].map((label) => resourceOf(type, label))
  );
}

/** The resource of a label, made once. */
export function resourceOf(type: Type, label: string): Resource {
  const key = `${type} ${label}`;
  let made = resources.get(key);
  if (made === undefined) {
    made = make(type, label);
    resources.set(key, made);
    labels.set(keyOf(type, made.bytes), label);
  }
  return made;
}

/** The label of a resource that a client received. */
export function labelOf(type: Type, bytes: Uint8Array): string | undefined {
  return labels.get(keyOf(type, bytes));
}

const resources = new Map<string, Resource>();
const labels = new Map<string, string>();

function keyOf(type: Type, bytes: Uint8Array): string {
  return `${type} ${String.fromCharCode(...bytes)}`;
}

function make(type: Type, label: string): Resource {
  const name = label.slice(0, label.indexOf("="));
  const target = referenceIn(label) ?? "";
  const options = hasTtl(label) ? { ttlMs: TTL_MS } : {};
  switch (type) {
    case "CDS":
      return cluster({
        name,
        altStatName: label,
        clusterDiscoveryType: { case: "type", value: 3 },
        edsClusterConfig: { edsConfig: ads() },
      }, options);
    case "RDS":
      return routeConfiguration({
        name,
        virtualHosts: [{
          name: label,
          routes: [{ action: { case: "route", value: { clusterSpecifier: { case: "cluster", value: target } } } }],
        }],
      });
    case "LDS":
      return listener({ name, statPrefix: label, filterChains: [{ filters: [filterTo(target)] }] });
    case "SRDS":
      return scopedRoute({ name, routeConfigurationName: target, key: { fragments: [] } });
    default: {
      // The name is field 1 of all of these; the content is in a field that none of them has.
      const bytes = new BinaryWriter().tag(1, WireType.LengthDelimited).string(name)
        .tag(1000, WireType.LengthDelimited).string(label).finish();
      return rawResource(TYPES[type], name, bytes, options);
    }
  }
}

function filterTo(target: string): MessageInitShape<typeof FilterSchema> {
  if (target.startsWith("r")) {
    const rds = { configSource: ads(), routeConfigName: target };
    return httpConnectionManager({ routeSpecifier: { case: "rds", value: rds } });
  }
  const proxy = { statPrefix: "tcp", clusterSpecifier: { case: "cluster" as const, value: target } };
  return { name: "tcp", configType: { case: "typedConfig", value: typedConfig(TcpProxySchema, proxy) } };
}
