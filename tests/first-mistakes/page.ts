// Prints the table of docs/troubleshooting.md.
import { MISTAKES } from "./rows.ts";

console.log("| mistake | what is printed |\n| --- | --- |");
for (const { mistake, printed } of MISTAKES) console.log(`| ${mistake} | \`${printed}\` |`);
