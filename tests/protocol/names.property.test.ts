import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VirtualHostSchema } from "../../gen/envoy/config/route/v3/route_components_pb.ts";
import { LinearCache, rawResource, type Resource } from "../../mod.ts";
import { collectionOf } from "../../src/resource/mod.ts";
import { FakeClient } from "../../src/testing/mod.ts";
import { LB_ENDPOINT_TYPE, v3, VIRTUAL_HOST_TYPE } from "../../src/v3/mod.ts";
import { domainsFor } from "../../src/v3/virtual-host-domains.ts";

const FOLDER = "xdstp://a/envoy.config.endpoint.v3.LbEndpoint";
const NAMES = [`${FOLDER}/x/1`, `${FOLDER}/x/2`, `${FOLDER}/x/1?k=v`, `${FOLDER}/x/y/1`, "plain/1"];
const SUBSCRIBED = [...NAMES, `${FOLDER}/x/*`, `${FOLDER}/x/*?k=v`, `${FOLDER}/x/y/*`, `${FOLDER}/none/*`, "*"];

const HOSTS = ["a.com", "b.com", "c.b.com", "d.c.b.com", "c.b.com:80"].map((host) => `r/${host}`);
const DOMAINS = ["a.com", "b.com", "*.b.com", "*.c.b.com", "c.*", "c.b.com:80", "*"];

/** The content of each resource in a publication; undefined: removed. */
type Publication = { readonly publish: readonly (number | undefined)[] };

const content = fc.option(fc.nat(2), { nil: undefined });
const settle = fc.constant("settle" as const);

describe("a client in sync", () => {
  it.each(["sotw", "delta"] as const)("X4 X5 X6 holds what its globs, names and wildcard cover (%s)", (variant) => {
    const subscribe = fc.record({
      subscribe: fc.uniqueArray(fc.constantFrom(...SUBSCRIBED), { minLength: 1, maxLength: 3 }),
    });
    const unsubscribe = fc.record({ unsubscribe: fc.constantFrom(...SUBSCRIBED) });
    const publish = fc.record({ publish: fc.tuple(...NAMES.map(() => content)) });
    fc.assert(
      fc.property(fc.array(fc.oneof(subscribe, unsubscribe, publish, settle), { maxLength: 25 }), (steps) => {
        const cache = new LinearCache(LB_ENDPOINT_TYPE);
        const client = new FakeClient({ cache, api: v3, variant });
        const subscribed = new Set<string>();
        // SotW cannot express a removal of this type.
        const removed = new Set<string>();
        for (const step of steps) {
          if (step === "settle") client.settle();
          else if ("publish" in step) {
            const resources = made(step, (i, bytes) => rawResource(LB_ENDPOINT_TYPE, NAMES[i]!, bytes));
            for (const { name } of cache.resources()) removed.add(name);
            for (const { name } of resources) removed.delete(name);
            cache.set(resources);
          } else if ("subscribe" in step) {
            for (const name of step.subscribe) subscribed.add(name);
            client.subscribe(LB_ENDPOINT_TYPE, step.subscribe);
          } else if (subscribed.delete(step.unsubscribe)) client.unsubscribe(LB_ENDPOINT_TYPE, [step.unsubscribe]);
        }
        client.settle();
        const isCovered = ({ name }: Resource) =>
          (variant === "delta" || !removed.has(name)) &&
          (subscribed.has("*") || subscribed.has(name) || subscribed.has(collectionOf(name)!));
        expect(versions([...client.resources(LB_ENDPOINT_TYPE).values()].filter(isCovered)))
          .toEqual(versions(cache.resources().filter(isCovered)));
        expect(client.ended).toBeUndefined();
        client.close();
      }),
    );
  });

  it("H2 H3 holds the virtual hosts of the hosts that it subscribed to, and no others", () => {
    const subscribe = fc.record({
      subscribe: fc.uniqueArray(fc.constantFrom(...HOSTS), { minLength: 1, maxLength: 3 }),
    });
    const domains = fc.option(fc.subarray(DOMAINS), { nil: undefined });
    const publish = fc.record({ publish: fc.tuple(domains, domains, domains), version: fc.nat(2) });
    fc.assert(
      fc.property(fc.array(fc.oneof(subscribe, publish, settle), { maxLength: 25 }), (steps) => {
        const cache = new LinearCache(VIRTUAL_HOST_TYPE);
        const client = new FakeClient({ cache, api: v3, variant: "delta" });
        const subscribed = new Set<string>();
        const keys = new Map<string, string>();
        for (const step of steps) {
          if (step === "settle") client.settle();
          else if ("subscribe" in step) {
            for (const name of step.subscribe) subscribed.add(name);
            client.subscribe(VIRTUAL_HOST_TYPE, step.subscribe);
          } else {
            keys.clear();
            cache.set(step.publish.flatMap((domains, i) => {
              for (const domain of domains ?? []) if (!keys.has(`r/${domain}`)) keys.set(`r/${domain}`, `r/${i}`);
              return domains === undefined ? [] : [host(i, domains, step.version)];
            }));
          }
        }
        client.settle();
        const served = [...subscribed].map((name) =>
          keys.get([...domainsFor(name)].find((key) => keys.has(key)) ?? "")
        );
        const wanted = [...new Set(served)].flatMap((name) => name === undefined ? [] : [cache.get(name)!]);
        expect(versions([...client.resources(VIRTUAL_HOST_TYPE).values()])).toEqual(versions(wanted));
        client.close();
      }),
    );
  });
});

function made({ publish }: Publication, make: (index: number, bytes: Uint8Array) => Resource): Resource[] {
  return publish.flatMap((content, i) => content === undefined ? [] : [make(i, new Uint8Array([8, content]))]);
}

function host(index: number, domains: readonly string[], version: number): Resource {
  const message = create(VirtualHostSchema, { name: `${version}`, domains: [...domains] });
  return rawResource(VIRTUAL_HOST_TYPE, `r/${index}`, toBinary(VirtualHostSchema, message));
}

function versions(resources: readonly Resource[]): Record<string, string> {
  return Object.fromEntries(resources.map(({ name, version }) => [name, version]));
}
