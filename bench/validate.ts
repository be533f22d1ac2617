// Measures validation in CPU time of this process: `npm run bench:validate`.
import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Resource, Snapshot, SnapshotCache } from "../mod.ts";
import { ads, cluster, ENDPOINT_TYPE, endpoints, hostEndpoint, routeConfiguration } from "../src/v3/mod.ts";
import { admitValid, validate } from "../src/validate/mod.ts";

const COUNT = 10_000;
const ROUNDS = 25;
const CHANGES = 200;
const REMOVALS = 20;

// What was allocated for the input is not collected at the cost of what is measured.
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const hosts = Array.from({ length: COUNT }, (_, i) => {
  return endpoints({ clusterName: `c${i}`, endpoints: [{ lbEndpoints: [hostEndpoint("10.0.0.1", 80)] }] });
});
validate(hosts);

report(`${COUNT} clusters`, fastest(ROUNDS, () => encoded(clusters()), (list) => validate([...hosts, ...list])));
const targets = encoded(clusters());
validate([...hosts, ...targets]);
report(
  `a table of ${COUNT} routes`,
  fastest(ROUNDS, () => encoded([table()]), (list) => validate([...hosts, ...targets, ...list])),
);
for (
  const [what, cache] of [["no admit", new SnapshotCache()], [
    "admit",
    new SnapshotCache({ admit: admitValid({ onWarnings: () => {} }) }),
  ]] as const
) {
  let snapshot = new Snapshot({ resources: [...clusters(), ...hosts, table()] });
  cache.setSnapshot("all", snapshot);
  const publish = (next: Snapshot): void => cache.setSnapshot("all", snapshot = next);
  let i = 0;
  report(
    `1 of ${COUNT} changed, ${what}`,
    median(CHANGES, () => snapshot.with({ update: encoded([eds(i++, 2)]) }), publish),
  );
  report(
    `1 of ${COUNT} removed, ${what}`,
    median(REMOVALS, () => snapshot.with({ remove: { [ENDPOINT_TYPE]: [`c${i++}`] } }), publish),
  );
}

/** The least CPU time, in milliseconds: that of the round which other processes disturbed least. */
function fastest<T>(rounds: number, prepare: () => T, run: (input: T) => unknown): number {
  return timesOf(rounds, () => {
    const input = prepare();
    collect();
    return input;
  }, run)[0]!;
}

function median<T>(rounds: number, prepare: () => T, run: (input: T) => unknown): number {
  return timesOf(rounds, prepare, run)[rounds >> 1]!;
}

/** The CPU times of what is done with new input each time, in milliseconds, in ascending order. */
function timesOf<T>(rounds: number, prepare: () => T, run: (input: T) => unknown): number[] {
  return Array.from({ length: rounds }, () => {
    const input = prepare();
    const before = process.cpuUsage();
    run(input);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  }).sort((a, b) => a - b);
}

function report(what: string, ms: number): void {
  console.log(`${what.padEnd(40)} ${ms.toFixed(3).padStart(9)} ms`);
}

function encoded(resources: Resource[]): Resource[] {
  for (const resource of resources) void resource.bytes;
  return resources;
}

function clusters(): Resource[] {
  return Array.from({ length: COUNT }, (_, i) => eds(i, 1));
}

function eds(i: number, seconds: number): Resource {
  return cluster({
    name: `c${i}`,
    connectTimeout: { seconds: BigInt(seconds) },
    clusterDiscoveryType: { case: "type", value: 3 },
    edsClusterConfig: { edsConfig: ads() },
  });
}

function table(): Resource {
  const routes = (host: number) =>
    Array.from({ length: 100 }, (_, i) => ({
      match: { pathSpecifier: { case: "prefix" as const, value: `/${i}` } },
      action: {
        case: "route" as const,
        value: { clusterSpecifier: { case: "cluster" as const, value: `c${host * 100 + i}` } },
      },
    }));
  const virtualHosts = Array.from({ length: COUNT / 100 }, (_, i) => {
    return { name: `${i}`, domains: [`${i}.example.com`], routes: routes(i) };
  });
  return routeConfiguration({ name: "routes", virtualHosts });
}
