import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { listTree } from "../../src/node/files/tree.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tree-"));
});

function write(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), "a: 1\n");
  }
}

async function list(limits = { maxFiles: 100, maxDepth: 16 }) {
  const { files, problems } = await listTree([root], limits);
  const short = (path: string) => path.slice(root.length + 1);
  return {
    files: files.map(({ path }) => short(path)),
    layers: files.map(({ layer }) => layer),
    problems: problems.map(({ file, message }) => `${short(file!)}: ${message}`),
  };
}

describe("listTree()", () => {
  it("lists .yaml, .yml and .json files in the order of their names", async () => {
    write("b.yml", "a.yaml", "c/d.json", "e.yaml~", "f.txt", ".g.yaml", ".h/i.yaml", "README");
    expect(await list()).toMatchObject({ files: ["a.yaml", "b.yml", "c/d.json"], problems: [] });
  });

  it("gives the files below nodes/ and clusters/ to these clients", async () => {
    write("clusters/c 1.yaml", "clusters/c2/x/a.yaml", "nodes/a%2Fb/b.yaml", "nodes/n.json", "other/nodes/n/x.yaml");
    const { layers } = await list();
    expect(layers).toEqual([
      { of: "cluster", name: "c 1" },
      { of: "cluster", name: "c2" },
      { of: "node", name: "a/b" },
      { of: "node", name: "n" },
      { of: "all" },
    ]);
  });

  it("says of a name that it cannot be decoded", async () => {
    write("nodes/%zz/a.yaml");
    expect((await list()).problems).toEqual([
      'nodes/%zz/a.yaml: It cannot be read: "%zz" is not the name of a node as encodeURIComponent() writes it',
    ]);
  });

  it("follows links, but not around in a circle", async () => {
    write("x/a.yaml");
    symlinkSync("x", join(root, "y"));
    symlinkSync("..", join(root, "x/up"));
    const { files, problems } = await list();
    expect(files).toEqual(["x/a.yaml", "y/a.yaml"]);
    expect(problems).toEqual([
      "x/up: It is a link to a directory above it",
      "y/up: It is a link to a directory above it",
    ]);
  });

  it("says of a link that it leads nowhere", async () => {
    symlinkSync("none.yaml", join(root, "a.yaml"));
    expect((await list()).problems).toEqual(["a.yaml: It cannot be read: ENOENT: no such file or directory"]);
  });

  it("refuses a pipe, which would have to be written to", async () => {
    execFileSync("mkfifo", [join(root, "a.yaml")]);
    expect((await list()).problems).toEqual(["a.yaml: It is not a regular file"]);
  });

  it("says of a directory that it has no file, as one that is not mounted", async () => {
    write("README");
    expect((await list()).problems).toEqual([": It has no .yaml, .yml or .json file"]);
  });

  it("stops at the largest number of files and directories", async () => {
    write("a.yaml", "b.yaml", "c.yaml");
    expect((await list({ maxFiles: 2, maxDepth: 1 })).problems).toEqual(["c.yaml: There are more than 2 files"]);
    write("d/e/f/g.yaml");
    expect((await list({ maxFiles: 9, maxDepth: 2 })).problems).toEqual(["d/e/f: It is more than 2 directories deep"]);
  });

  it("gives other stamps after Kubernetes has swapped its link", async () => {
    write("..v1/a.yaml", "..v2/a.yaml");
    symlinkSync("..v1", join(root, "..data"));
    symlinkSync("..data/a.yaml", join(root, "a.yaml"));
    const stamps = async () => (await listTree([root], { maxFiles: 9, maxDepth: 9 })).files.map(({ stamp }) => stamp);
    const before = await stamps();
    expect(await stamps()).toEqual(before);
    symlinkSync("..v2", join(root, "..data_tmp"));
    renameSync(join(root, "..data_tmp"), join(root, "..data"));
    const after = await stamps();
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
  });
});
