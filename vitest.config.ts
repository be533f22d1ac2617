import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // The rules that a test proves stand in its title, which is to be whole in the reports.
    taskTitleValueFormatTruncate: 0,
  },
});
