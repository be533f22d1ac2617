/** What is known of a mistake. */
export interface Row {
  readonly name: string;
  /** What our validation says. */
  readonly ours: string;
  /** What `envoy --mode validate` says; undefined if it accepts the configuration. */
  readonly validateMode: string | undefined;
  /** Why Envoy rejects the configuration over ADS; undefined if it does not. */
  readonly runTime: string | undefined;
}

/** Where the table is. */
export const PAGE = new URL("../../../docs/validation-mistakes.md", import.meta.url);

/** Writes the page. */
export function pageOf(rows: readonly Row[], envoyVersion: string): string {
  const count = (test: (row: Row) => boolean): number => rows.filter(test).length;
  const rejected = (row: Row): boolean => row.runTime !== undefined || row.validateMode !== undefined;
  const isError = ({ ours }: Row): boolean => ours.startsWith("error");
  const isFound = ({ ours }: Row): boolean => ours !== "–";
  return [
    "# Mistakes, and what finds them",
    "",
    "<!-- Made by `npm run mistakes`. -->",
    "",
    `Each row is one mistake in a configuration that Envoy ${envoyVersion} accepts without it, the one in`,
    "`tests/validate/mistakes/base.ts`. It is given to `validate`, to `validateWithEnvoy`, and to a running Envoy over ADS.",
    "",
    `- ${rows.length} mistakes, of which \`validate\` finds ${count(isFound)}: ${
      count(isError)
    } as errors, the others as`,
    "  warnings.",
    `- ${count(({ runTime }) => runTime !== undefined)} are rejected by a running Envoy. Of these \`validate\` finds ${
      count((row) => row.runTime !== undefined && isFound(row))
    }, and \`validateWithEnvoy\``,
    `  ${count(({ runTime, validateMode }) => runTime !== undefined && validateMode !== undefined)}.`,
    `- ${count((row) => isError(row) && !rejected(row))} are an error of \`validate\` and rejected by neither.`,
    "",
    "| mistake | `validate` | `envoy --mode validate` | at run time |",
    "| --- | --- | --- | --- |",
    ...rows.map(({ name, ours, validateMode, runTime }) => {
      return `| ${cell(name)} | ${ours} | ${cell(validateMode ?? "accepted")} | ${cell(runTime ?? "ACK")} |`;
    }),
    "",
  ].join("\n");
}

/** What a page says of each mistake: what `validate` says, and whether Envoy accepts the configuration. */
export function summariesOn(page: string): ReadonlyMap<string, { readonly ours: string; readonly envoy: string }> {
  const rows = page.split("\n").filter((line) => line.startsWith("| ")).slice(2);
  return new Map(rows.map((line) => {
    const [, name = "", ours = "", validateMode, runTime] = line.split(/(?<!\\) *\| */);
    const envoy = `${validateMode === "accepted" ? "accepted" : "rejected"}, ${runTime === "ACK" ? "ACK" : "NACK"}`;
    return [name.replace(/\\(.)/g, "$1"), { ours, envoy }];
  }));
}

/** The reason without the dump of what it is about. */
export function shortReason(reason: string): string {
  const rule = /.*: Proto constraint validation failed \((?:.* \| caused by )?(.*)\)/s.exec(reason)?.[1];
  const text = (rule ?? reason.replace(/: goo\.gle\/debug[^]*/, "")).replaceAll(/\s+/g, " ").trim();
  return text.length <= 120 ? text : `${text.slice(0, 120)}…`;
}

function cell(text: string): string {
  return text.replaceAll(/[|\\<>*[\]`]/g, "\\$&");
}
