// Writes to an engine in a directory until it is killed, and prints each revision once it is acknowledged.
import process from "node:process";
import { FileEngine } from "../../src/node/store/mod.ts";

const [directory, name] = process.argv.slice(2);
const engine = await FileEngine.open(directory!, { compactBytes: 20_000 });
for (let i = 0;; i++) {
  const value = new TextEncoder().encode(`${i}`.padStart(500, "-"));
  await Promise.all([engine.putIf(`a/${name}`, value), engine.putIf(`b/${name}/${i % 20}`, value)]);
  process.stdout.write(`${i}\n`);
}
