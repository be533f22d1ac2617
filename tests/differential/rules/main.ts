// Compares the rules of src/validate with Go's ValidateAll() for as many messages as are wanted. See `--help`.
import { parseArgs } from "node:util";
import process from "node:process";
import { GoValidator } from "../validate-all.ts";
import { allTypes } from "./all-types.ts";
import { compareRules } from "./compare.ts";
import { explain } from "./explain.ts";
import { inventoryOf } from "./inventory.ts";

const HELP = `Usage: npm run compare:rules -- [options]

Lets this project and Go's ValidateAll() check random messages of all types of Envoy's API, and prints in what they differ
and which rules the messages broke. It needs Go.

  --messages <n>  how many messages (default 100000; some minutes)
  --seed <n>      other messages (default: another each time; it is printed)
  --help          show this text`;

const { values } = parseArgs({
  options: { messages: { type: "string" }, seed: { type: "string" }, help: { type: "boolean" } },
});

if (values.help) console.log(HELP);
else await main(Number(values.messages ?? 100_000), Number(values.seed ?? Date.now() % 2 ** 31));

async function main(messages: number, seed: number): Promise<void> {
  console.log(`seed ${seed}`);
  await using go = new GoValidator();
  const types = [...(await allTypes()).values()];
  const { compared, valid, disagreements, unknown, broken } = await compareRules(go, types, { messages, seed });
  const { unexplained, stale } = explain(disagreements);
  console.log(`${compared} messages compared, of ${types.length - unknown.size} types; ${valid} of them valid`);
  console.log(`${disagreements.length} disagreements, of which ${unexplained.length} are not explained`);
  for (const { by, type, what } of unexplained.slice(0, 50)) console.log(`  only ${by}: ${type}: ${what}`);
  for (const { type, field } of stale) console.log(`  listed as a difference, and not seen: ${type}.${field}`);
  printRules(inventoryOf(types.filter(({ typeName }) => !unknown.has(typeName))), broken);
  process.exitCode = unexplained.length === 0 ? 0 : 1;
}

function printRules(rules: ReturnType<typeof inventoryOf>, broken: ReadonlyMap<string, number>): void {
  const isBroken = ({ what }: { readonly what: string }) => broken.has(what);
  console.log(`\n${rules.filter(isBroken).length} of ${rules.length} rules of fields were broken at least once:\n`);
  const byRule = Object.entries(Object.groupBy(rules, ({ rule }) => rule));
  for (const [rule, fields = []] of byRule.sort(([, a], [, b]) => b!.length - a!.length)) {
    console.log(`  ${rule.padEnd(42)} ${fields.filter(isBroken).length} of ${fields.length}`);
  }
  console.log("\nNot broken:\n");
  for (const { rule, what } of rules.filter((each) => !isBroken(each))) console.log(`  ${rule} of ${what}`);
}
