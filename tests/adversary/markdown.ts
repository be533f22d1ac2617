import type { Outcome } from "./judge.ts";
export async function writeMarkdown(_: readonly Outcome[]): Promise<void> {}
