import { ClusterLoadAssignmentSchema } from "../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import { RouteConfigurationSchema } from "../../gen/envoy/config/route/v3/route_pb.ts";
import { checkOptions, type OptionNames, resource, TYPE_URL_PREFIX } from "../resource/mod.ts";
import { ContractViolation } from "./contract-violation.ts";
import { CacheHarness } from "./harness.ts";
import type { Ability, CacheUnderTest, TestType } from "./cache-under-test.ts";
import { GROUP_CASES } from "./cases/groups.ts";
import { STREAM_CASES } from "./cases/streams.ts";
import { SUBSCRIPTION_CASES } from "./cases/subscriptions.ts";
import type { TestCase } from "./test-case.ts";
import { VIEW_CASES } from "./cases/view.ts";
import { WATCH_CASES } from "./cases/watch.ts";

/** The two functions of a test runner that the kit calls: those of node:test, Deno, Bun, vitest and others fit. */
export interface TestRunner {
  /** Declares a group of tests. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** Declares a test, which fails if the promise is rejected. */
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}

/** The cache to test, and what to test of it. */
export interface TestCacheOptions {
  /** The name of the group of tests. */
  readonly name: string;
  /**
   * Creates a cache without any publication; called once or more for each test.
   *
   * @param types - the types that it will hold
   */
  create(types: readonly TestType[]): CacheUnderTest | Promise<CacheUnderTest>;
  /** The abilities that the cache lacks. Their tests are left out, and the group is named after them. Default: none. */
  readonly lacks?: readonly Ability[];
  /** The types to test with: two, or one for a cache that lacks `types`. Default: endpoints and route configurations. */
  readonly types?: readonly TestType[];
  /**
   * How long a cache may take to call its watchers, in milliseconds. Below the time that the test runner gives a test,
   * or the runner ends it without what is wrong. Default: 2000; vitest, Jest and Bun give 5000.
   */
  readonly timeoutMs?: number;
}

/**
 * Declares the tests that a cache has to pass: the contract of `Cache`, `Watch` and `View`, and what clients of both
 * variants of the protocol receive from it.
 *
 * @throws TypeError if one type is given and the cache does not lack `types`; for an option that is not known
 */
export function testCache(
  { describe, it }: TestRunner,
  options: TestCacheOptions,
): void {
  checkOptions("test a cache", options, OPTION_NAMES);
  const { name, create, lacks = [], types = DEFAULT_TYPES, timeoutMs = 2000 } = options;
  const missing = new Set<Ability>(lacks);
  if (missing.has("types")) missing.add("atomic");
  if (types.length < 2 && !missing.has("types")) {
    throw new TypeError('Cannot test a cache with one type: give two, or say that it lacks "types"');
  }
  const open = async () => new CacheHarness(await create(types), types, timeoutMs);
  describe(lacks.length === 0 ? name : `${name}, without ${lacks.join(", ")}`, () => {
    for (const [group, all] of Object.entries(GROUPS)) {
      const cases = all.filter(({ needs = [] }) => !needs.some((ability) => missing.has(ability)));
      if (cases.length === 0) continue;
      describe(group, () => {
        for (const each of cases) it(each.name, () => runCase(open, each));
      });
    }
  });
}

const GROUPS: Readonly<Record<string, readonly TestCase[]>> = {
  watch: [...WATCH_CASES, ...SUBSCRIPTION_CASES],
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

const OPTION_NAMES: OptionNames<TestCacheOptions> = {
  create: true,
  lacks: true,
  name: true,
  timeoutMs: true,
  types: true,
};

/** A cache that is not to have an ability need not have it. */
function withDeclaration(error: unknown, needs: readonly Ability[]): unknown {
  if (!(error instanceof ContractViolation) || needs.length === 0) return error;
  const declarations = needs.map((each) => `lacks: [${JSON.stringify(each)}]`);
  return error.with(`a cache that is not to do that declares ${declarations.join(" or ")}`);
}

async function runCase(open: () => Promise<CacheHarness>, { run, needs = [] }: TestCase): Promise<void> {
  const harnesses: CacheHarness[] = [];
  const openOne = async () => {
    const harness = await open();
    harnesses.push(harness);
    return harness;
  };
  try {
    await run(await openOne(), openOne);
  } catch (error) {
    // The first error counts, not those that follow from it on closing.
    await Promise.allSettled(harnesses.map((harness) => harness.close()));
    throw withDeclaration(error, needs);
  }
  for (const harness of harnesses) await harness.close();
}
