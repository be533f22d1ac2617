import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../src/cli/run.ts";

/** Runs a command line. */
export async function xds(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run(args, { out: (text) => out.push(text), err: (text) => err.push(text), environment });
  return { code, out: out.join("\n"), err: err.join("\n"), all: [...out, ...err].join("\n") };
}

/** A directory of its own for a test. */
export class Folder implements Disposable {
  readonly root: string = mkdtempSync(join(tmpdir(), "cli-"));

  /** @returns the path of the file */
  write(name: string, text: string): string {
    const path = join(this.root, name);
    writeFileSync(path, text);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
}

/** The beginning of a cluster. */
export const CLUSTER = `"@type": type.googleapis.com/envoy.config.cluster.v3.Cluster\nname: a\n`;
