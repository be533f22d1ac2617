import { defineConfig } from "vitest/config";
import { mutantPlugin } from "./tests/stream/mutant-plugin.ts";

/**
 * Tests that leave nothing behind in the modules that they import: a worker imports these once for all of them, which takes
 * half of their processor time otherwise.
 */
const SHARING = "cache|files|protocol|resource|store|stream|testing|v2|v3|validate";

export default defineConfig({
  plugins: [mutantPlugin()],
  test: {
    setupFiles: ["tests/properties.ts", "tests/resource-equality.ts"],
    // The rules that a test proves stand in its title, which is to be whole in the reports.
    taskTitleValueFormatTruncate: 0,
    // For tests that hang, which no test is by being slow on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One less by default: half of them on a machine with two.
    maxWorkers: "100%",
    projects: [
      { extends: true, test: { name: "sharing", isolate: false, include: [`tests/@(${SHARING})/**/*.test.ts`] } },
      { extends: true, test: { name: "isolated", include: [`tests/!(${SHARING})/**/*.test.ts`] } },
    ],
  },
});
