// Set up for all tests: how many runs a property gets, and their seed. By default the runs are the same each time.
// `RUNS=200000 npm run test:unit -- tests/stream` makes more runs, with another seed each time; the `SEED` that a failure
// prints makes the same runs again.
import fc from "fast-check";
import process from "node:process";

const { RUNS, SEED = RUNS === undefined ? 1 : Date.now() % 2 ** 31 } = process.env;

fc.configureGlobal({ numRuns: Number(RUNS ?? 100), seed: Number(SEED) });
