import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    setupFiles: ["tests/properties.ts"],
    // The rules that a test proves stand in its title, which is to be whole in the reports.
    taskTitleValueFormatTruncate: 0,
    // For tests that hang, which no test is by being slow on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
