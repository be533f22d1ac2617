import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commentTable } from "../../scripts/comment-table.ts";

const GEN = join(import.meta.dirname, "../../gen");

describe("commentTable()", () => {
  it("makes what gen/ has", () => {
    const paths = readdirSync(GEN, { recursive: true, encoding: "utf8" });
    expect(commentTable(GEN, paths) === readFileSync(join(GEN, "comments.ts"), "utf8")).toBe(true);
  });
});
