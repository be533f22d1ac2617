/** What is compared of package.json. */
export interface NpmManifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** What is compared of deno.json. */
export interface DenoManifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
}

/** What npm has and JSR cannot: an entry with a wildcard, and one that is no module. */
const NPM_ONLY = ["./gen/*.js", "./package.json"];

/** @returns a line for each thing in which the two differ */
export function differencesOf({ npm, deno }: { npm: NpmManifest; deno: DenoManifest }): string[] {
  const differences: string[] = [];
  if (npm.version !== deno.version) {
    differences.push(`The version is ${npm.version} in package.json, and ${deno.version} in deno.json`);
  }
  for (const entry of Object.keys(npm.exports)) {
    if (NPM_ONLY.includes(entry) || entry in deno.exports) continue;
    differences.push(`The entry "${entry}" is in the exports of package.json, and not in those of deno.json`);
  }
  for (const [entry, source] of Object.entries(deno.exports)) {
    differences.push(...differencesOfEntry(entry, source, npm.exports[entry]));
  }
  for (const [specifier, target] of Object.entries(deno.imports)) {
    const [, name, range] = /^npm:\/?(@?[^@]+)@([^/]+)/.exec(target) ?? [];
    const wanted = name && (npm.peerDependencies[name] ?? npm.dependencies[name]);
    if (range === wanted) continue;
    differences.push(`"${specifier}" is ${target} in deno.json, and of version ${wanted ?? "none"} in package.json`);
  }
  return differences;
}

/** package.json names what is built of the source that deno.json names. */
function differencesOfEntry(
  entry: string,
  source: string,
  built: NpmManifest["exports"][string] | undefined,
): string[] {
  if (built === undefined) {
    return [`The entry "${entry}" is in the exports of deno.json, and not in those of package.json`];
  }
  const base = source.replace(/^\.\//, "./dist/").replace(/\.ts$/, "");
  const wanted = { types: `${base}.d.ts`, default: `${base}.js` };
  const found = typeof built === "string" ? { types: undefined, default: built } : built;
  return (["types", "default"] as const).filter((condition) => found[condition] !== wanted[condition]).map((
    condition,
  ) =>
    `The entry "${entry}" is ${source} in deno.json, so that its "${condition}" in package.json is ` +
    `${wanted[condition]}, not ${found[condition] ?? "missing"}`
  );
}
