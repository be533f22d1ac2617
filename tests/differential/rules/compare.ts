import { type DescMessage, fromBinary, hasOption, toBinary } from "@bufbuild/protobuf";
import { rules } from "../../../gen/validate/validate_pb.ts";
import type { GoValidator } from "../validate-all.ts";
import { Random } from "./random.ts";
import { RandomMessages } from "./random-message.ts";
import { goViolations, ourViolations, type Violation } from "./violations.ts";

/** What only one of the two finds. */
export interface Disagreement {
  readonly by: "go" | "ours";
  readonly type: string;
  /** As in `virtual_hosts[0].domains size`. */
  readonly what: string;
  /** The field, as in `envoy.config.route.v3.VirtualHost.domains`. */
  readonly field: string;
}

/** The result of a comparison. */
export interface Comparison {
  compared: number;
  valid: number;
  readonly disagreements: Disagreement[];
  /** The types that Go does not have, or has no code for. */
  readonly unknown: Set<string>;
  /** What was broken, as in `envoy.config.route.v3.VirtualHost.domains size`, and how often. */
  readonly broken: Map<string, number>;
}

/** How often a choice in a message does not care for the rules. */
const SPOILS = [0, 0.02, 0.1, 0.3, 0.6];
/** In messages. */
const BATCH = 500;

/** Makes messages of the given types in turn, and for each field of theirs with a rule, and lets both validate them. */
export async function compareRules(
  go: GoValidator,
  types: readonly DescMessage[],
  { messages, seed }: { readonly messages: number; readonly seed: number },
): Promise<Comparison> {
  const result: Comparison = { compared: 0, valid: 0, disagreements: [], unknown: new Set(), broken: new Map() };
  const random = new Random(seed);
  const maker = new RandomMessages(random);
  const targets = types.flatMap(({ fields }) => fields.filter((field) => hasOption(field, rules)));
  for (let made = 0; made < messages; made += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, messages - made) }, (_, i) => {
      const turn = (made + i) >> 1;
      const target = i % 2 ? targets[turn % targets.length] : undefined;
      const desc = target?.parent ?? types[turn % types.length]!;
      const message = target ? maker.makeFor(target) : maker.make(desc, random.pick(SPOILS));
      return { desc, type: desc.typeName, bytes: toBinary(desc, message) };
    });
    const results = await go.validateAll(batch);
    for (const [i, each] of batch.entries()) compareOne(each, results[i]!, result);
  }
  return result;
}

function compareOne(
  { desc, bytes }: { readonly desc: DescMessage; readonly bytes: Uint8Array },
  goResult: Awaited<ReturnType<GoValidator["validateAll"]>>[number],
  result: Comparison,
): void {
  if (goResult.problem === "unknown type" || goResult.problem === "no rules") {
    result.unknown.add(desc.typeName);
    return;
  }
  if (goResult.problem) throw new Error(`Go cannot read a ${desc.typeName}: ${goResult.problem}`);
  const theirs = goViolations(desc, goResult);
  const ours = ourViolations(desc, fromBinary(desc, bytes));
  result.compared++;
  if (theirs.length === 0) result.valid++;
  for (const { field, kind } of theirs) {
    const what = `${field} ${kind}`;
    result.broken.set(what, (result.broken.get(what) ?? 0) + 1);
  }
  const report = (by: Disagreement["by"], found: readonly Violation[], others: readonly Violation[]) => {
    const known = new Set(others.map(({ path, kind }) => `${path} ${kind}`));
    for (const { path, kind, field } of found) {
      const what = `${path} ${kind}`;
      if (!known.has(what)) result.disagreements.push({ by, type: desc.typeName, what, field });
    }
  };
  report("go", theirs, ours);
  report("ours", ours, theirs);
}
