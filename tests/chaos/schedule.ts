import type { Fault } from "./fault.ts";
import type { Random } from "./random.ts";

/** How often two faults happen at the same time. */
const PAIRS = 0.25;

/** Which faults happen, in batches of those that happen at the same time: each once in every round, in random order. */
export function scheduleOf(faults: readonly Fault[], count: number, random: Random): Fault[][] {
  const batches: Fault[][] = [];
  let left: Fault[] = [];
  for (let scheduled = 0; scheduled < count;) {
    if (left.length === 0) left = random.shuffled(faults);
    const first = left.shift()!;
    const second = scheduled + 2 <= count && random.next() < PAIRS
      ? left.find((each) => goTogether(first, each))
      : undefined;
    if (second !== undefined) left.splice(left.indexOf(second), 1);
    const batch = second === undefined ? [first] : [first, second];
    batches.push(batch);
    scheduled += batch.length;
  }
  return batches;
}

/** A command would wait for a server that does not run. */
function goTogether(a: Fault, b: Fault): boolean {
  const parts = [a.part, b.part];
  if (parts.includes("configuration") || parts.includes("servers") && parts.includes("backend")) return false;
  return a.part !== b.part;
}
