import { ClusterLoadAssignmentSchema } from "../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import { RouteConfigurationSchema } from "../../gen/envoy/config/route/v3/route_pb.ts";
import { resource, TYPE_URL_PREFIX } from "../resource/mod.ts";
import { Bench } from "./harness.ts";
import type { Ability, CacheUnderTest, TestType } from "./cache-under-test.ts";
import { GROUP_CASES } from "./cases/groups.ts";
import { STREAM_CASES } from "./cases/streams.ts";
import type { TestCase } from "./test-case.ts";
import { VIEW_CASES } from "./cases/view.ts";
import { WATCH_CASES } from "./cases/watch.ts";

/** The two functions that the kit needs of a test runner; those of node:test, Deno, Bun, vitest and others fit. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}

/** The cache to test. */
export interface TestCacheOptions {
  /** The name that the tests are grouped under. */
  readonly name: string;
  /**
   * Makes a cache to which nothing was published yet; called once or more for each test.
   *
   * @param types - the types that it will hold
   */
  create(types: readonly TestType[]): CacheUnderTest | Promise<CacheUnderTest>;
  /** What the cache does not have; the tests of that are left out, and the name of the group says so. Default: none. */
  readonly lacks?: readonly Ability[];
  /** For caches that cannot hold just any type: one type, or two. Default: endpoints and route configurations. */
  readonly types?: readonly TestType[];
  /** How long a cache may take to tell its watchers, in milliseconds. Default: 5000. */
  readonly timeoutMs?: number;
}

/**
 * Declares the tests that a cache has to pass to be served by this library: the whole contract of `Cache`, `Watch` and
 * `View`, and what clients of both variants of the protocol see through it.
 *
 * @throws TypeError where fewer types are given than the abilities need
 */
export function testCache(
  { describe, it }: TestRunner,
  { name, create, lacks = [], types = DEFAULT_TYPES, timeoutMs = 5000 }: TestCacheOptions,
): void {
  const missing = new Set<Ability>(lacks);
  if (missing.has("types")) missing.add("atomic");
  if (types.length < 2 && !missing.has("types")) {
    throw new TypeError('Cannot test a cache with one type: give two, or say that it lacks "types"');
  }
  const open = async () => new Bench(await create(types), types, timeoutMs);
  describe(lacks.length === 0 ? name : `${name}, without ${lacks.join(", ")}`, () => {
    for (const [group, all] of Object.entries(GROUPS)) {
      const cases = all.filter(({ needs = [] }) => !needs.some((ability) => missing.has(ability)));
      if (cases.length === 0) continue;
      describe(group, () => {
        for (const { name, run } of cases) it(name, () => runCase(open, run));
      });
    }
  });
}

const GROUPS: Readonly<Record<string, readonly TestCase[]>> = {
  watch: WATCH_CASES,
  view: VIEW_CASES,
  groups: GROUP_CASES,
  streams: STREAM_CASES,
};

const DEFAULT_TYPES: readonly TestType[] = [
  {
    typeUrl: TYPE_URL_PREFIX + ClusterLoadAssignmentSchema.typeName,
    make: (clusterName, content) => {
      return resource(ClusterLoadAssignmentSchema, {
        clusterName,
        policy: { overprovisioningFactor: 100 + content },
      });
    },
  },
  {
    typeUrl: TYPE_URL_PREFIX + RouteConfigurationSchema.typeName,
    make: (name, content) => {
      return resource(RouteConfigurationSchema, { name, virtualHosts: [{ name: `${content}`, domains: ["*"] }] });
    },
  },
];

async function runCase(open: () => Promise<Bench>, run: TestCase["run"]): Promise<void> {
  const benches: Bench[] = [];
  const openOne = async () => {
    const bench = await open();
    benches.push(bench);
    return bench;
  };
  try {
    await run(await openOne(), openOne);
  } catch (error) {
    // What closing finds is not what is wrong first.
    await Promise.allSettled(benches.map((bench) => bench.close()));
    throw error;
  }
  for (const bench of benches) await bench.close();
}
