// Set up for all tests: how often properties are looked at, and from where on. The tests look at the same each time;
// `RUNS=200000 npm run test:unit -- tests/stream` looks further, and elsewhere each time, and with the `SEED` that a
// failure prints at the same again.
import fc from "fast-check";
import process from "node:process";

const { RUNS, SEED = RUNS === undefined ? 1 : Date.now() % 2 ** 31 } = process.env;

fc.configureGlobal({ numRuns: Number(RUNS ?? 100), seed: Number(SEED) });
