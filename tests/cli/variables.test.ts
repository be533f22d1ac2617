import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expandVariables } from "../../src/node/files/variables.ts";

const directory = mkdtempSync(join(tmpdir(), "variables-"));
const file = join(directory, "a.yaml");
const environment = { NAME: "value", EMPTY: "", _2: "two" };

function expand(text: string, included: string[] = []): string {
  return expandVariables(text, { file, environment, onInclude: (path) => included.push(path) });
}

describe("expandVariables()", () => {
  it.each([
    ["${NAME}", "value"],
    ["a-${NAME}-${_2}", "a-value-two"],
    ["${EMPTY}", ""],
    ["${EMPTY:-other}", "other"],
    ["${MISSING:-}", ""],
    ["${MISSING:-a:-b}", "a:-b"],
    ["${MISSING:-two\nlines}", "two\nlines"],
    ["${NAME:-other}", "value"],
    ["$${NAME}", "${NAME}"],
    ["$$${NAME}", "$${NAME}"],
    ["$NAME", "$NAME"],
    ["$", "$"],
  ])("makes %j %j", (text, expected) => expect(expand(text)).toBe(expected));

  it("does not expand what it has inserted", () => {
    const inserting = { file, environment: { A: "${B}", B: "b" }, onInclude: () => {} };
    expect(expandVariables("${A}", inserting)).toBe("${B}");
  });

  it("inserts the text of a file beside it, and names the file before it is read", () => {
    writeFileSync(join(directory, "cert.pem"), "text\n");
    const included: string[] = [];
    expect(expand("${file:cert.pem}", included)).toBe("text\n");
    expect(() => expand("${file:none.pem}", included)).toThrow(/none\.pem: ENOENT: no such file or directory$/);
    expect(included).toEqual([join(directory, "cert.pem"), join(directory, "none.pem")]);
  });

  it.each([
    ["${MISSING}", "The variable MISSING is not set; ${MISSING:-default} has a default"],
    ["${NAME", 'Expected "}" after "${"; write "$${" for the characters themselves'],
    ["${}", 'Expected ${NAME}, ${NAME:-default} or ${file:path}; "$${" stands for "${"'],
    ["${file:}", `Cannot insert the file ${directory}: it is not a regular file`],
  ])("refuses %j", (text, message) => expect(() => expand(text)).toThrow(new Error(message)));

  it("does not quote a default, which may be secret", () => {
    expect(() => expand("${MY-NAME:-canary}")).toThrow(/^(?!.*canary)/);
  });

  it("refuses a file that is not text", () => {
    writeFileSync(join(directory, "binary"), Uint8Array.of(0xff, 0xfe, 0));
    expect(() => expand("${file:binary}")).toThrow("Cannot insert the file");
  });
});
