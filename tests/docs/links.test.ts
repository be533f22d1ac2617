import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { PAGES, ROOT } from "./blocks.ts";

const { files, repository } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly files: readonly string[];
  readonly repository: { readonly url: string };
};
/** Where files of the repository are that are not in the package. */
const ELSEWHERE = `${repository.url.replace(/^git\+|\.git$/g, "")}/blob/main/`;

/** Pages for contributors, which are not in the package. */
const FOR_CONTRIBUTORS = ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "src/stream/README.md"];

const links = [...PAGES, "CHANGELOG.md", ...FOR_CONTRIBUTORS].flatMap((page) => {
  const text = readFileSync(join(ROOT, page), "utf8").replaceAll(/^```[^]*?^```/gm, "");
  return Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, link]) => ({ page, link: link! }));
});
const own = links.filter(({ link }) => !/^https?:/.test(link) || link.startsWith(ELSEWHERE));

describe("links", () => {
  it.each(own)("in $page lead to $link", ({ page, link }) => {
    const [path = "", anchor] = link.replace(ELSEWHERE, "/").split("#");
    const target = path === "" ? page : path.startsWith("/") ? path.slice(1) : normalize(join(dirname(page), path));
    expect(existsSync(join(ROOT, target)), target).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(target)).toContain(anchor);
  });

  it("of what is in the package lead to what is in the package", () => {
    const packed = ["README.md", "LICENSE", ...files].map((file) => file.replace(/\/$/, ""));
    const outside = own.filter(({ page }) => !FOR_CONTRIBUTORS.includes(page)).filter(({ page, link }) => {
      if (link.startsWith(ELSEWHERE) || link.startsWith("#")) return false;
      const target = normalize(join(dirname(page), link.split("#")[0]!));
      return !packed.some((file) => target === file || target.startsWith(`${file}/`));
    });
    expect(outside).toEqual([]);
  });

  it("lead from docs/README.md to every page", () => {
    const linked = links.filter(({ page }) => page === "docs/README.md").map(({ link }) => link.split("#")[0]!);
    const fromPages = ["differences.md", "validation-mistakes.md"];
    const pages = globSync("*.md", { cwd: join(ROOT, "docs") }).filter((page) => page !== "README.md");
    expect(pages.filter((page) => !linked.includes(page) && !fromPages.includes(page))).toEqual([]);
  });
});

/** The anchors of headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const headings = readFileSync(join(ROOT, page), "utf8").matchAll(/^#+ (.*)$/gm);
  return Array.from(headings, ([, text]) => {
    return text!.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-");
  });
}
