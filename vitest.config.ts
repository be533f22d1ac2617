import { defineConfig } from "vitest/config";
import { mutantPlugin } from "./tests/stream/mutant-plugin.ts";

export default defineConfig({
  plugins: [mutantPlugin()],
  test: {
    setupFiles: ["tests/properties.ts"],
    // The rules that a test proves stand in its title, which is to be whole in the reports.
    taskTitleValueFormatTruncate: 0,
    // For tests that hang, which no test is by being slow on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
