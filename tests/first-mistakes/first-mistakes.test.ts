import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { normal } from "./printed.ts";
import { MISTAKES } from "./rows.ts";

const PAGE = readFileSync(new URL("../../docs/troubleshooting.md", import.meta.url), "utf8");

describe("a mistake that people make first", () => {
  it.each(MISTAKES)("is printed with what to do: $mistake", async ({ make, printed }) => {
    expect(normal(await make())).toBe(printed);
  });

  it("is in docs/troubleshooting.md with what is printed, each one", () => {
    const rows = PAGE.split("\n").filter((line) => line.startsWith("| ")).map((line) => line.replaceAll(/\s+/g, " "));
    for (const { mistake, printed } of MISTAKES) expect(rows).toContain(`| ${mistake} | \`${printed}\` |`);
  });
});
