/**
 * How often properties are looked at, and from where on: `RUNS=200000 npx vitest run tests/stream` for a long run, and
 * with the `SEED` that a failure prints the same run again.
 */
export const PROPERTY: { readonly numRuns?: number; readonly seed?: number } = {
  ...process.env.RUNS !== undefined && { numRuns: Number(process.env.RUNS) },
  ...process.env.SEED !== undefined && { seed: Number(process.env.SEED) },
};
