import type { Case } from "./cases.ts";
import { median, type Sample } from "./measure.ts";

/** What is measured of a server, in the order of the columns. */
const METRICS: readonly { readonly key: keyof Sample; readonly title: string }[] = [
  { key: "cpuUs", title: "CPU µs" },
  { key: "p50Ms", title: "p50 ms" },
  { key: "p99Ms", title: "p99 ms" },
  { key: "lastMs", title: "last ms" },
  { key: "rssMb", title: "MB" },
  { key: "peakMb", title: "peak MB" },
];

export function printHead(): void {
  console.log(
    "CPU time of the server for each message, unless a case says otherwise; time until half of the streams, 99% and the\n" +
      "last one have the change; memory after a garbage collection, and at most. Medians of the rounds, and their spread.\n",
  );
}

export function printCase(
  { name, what }: Case,
  results: readonly { readonly server: string; readonly samples: readonly Sample[] }[],
): void {
  console.log(`${name}: ${what}`);
  const rows = results.map(({ server, samples }) => [server, ...METRICS.map(({ key }) => cell(samples, key))]);
  const first = results[0];
  const reference = first && value(first.samples, "cpuUs");
  const head = ["", ...METRICS.map(({ title }) => title), ...first ? [`CPU to ${first.server}`] : []];
  results.forEach(({ samples }, i) => {
    const own = value(samples, "cpuUs");
    rows[i]!.push(own === undefined || !reference ? "" : `${(own / reference).toFixed(2)}×`);
  });
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]!.length)));
  for (const row of [head, ...rows]) {
    console.log(`  ${row.map((text, i) => i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!)).join("  ")}`);
  }
  console.log();
}

function cell(samples: readonly Sample[], key: keyof Sample): string {
  const values = samples.map((sample) => sample[key]).filter((value) => value !== undefined);
  if (values.length === 0) return "";
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const middle = format(median(values));
  return values.length === 1 ? middle : `${middle} (${format(low)}–${format(high)})`;
}

function value(samples: readonly Sample[], key: keyof Sample): number | undefined {
  const values = samples.map((sample) => sample[key]).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : median(values);
}

function format(number: number): string {
  return number.toLocaleString("en", { maximumFractionDigits: number < 10 ? 1 : 0 });
}
