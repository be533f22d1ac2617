import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { secret } from "../../src/v3/mod.ts";
import { validate } from "../../src/validate/mod.ts";

/** How openssl makes a key, and what makes it another form of PEM. */
const KEYS = {
  "RSA, PKCS#8": { make: ["-newkey", "rsa:2048"], convert: undefined },
  "RSA, PKCS#1": { make: ["-newkey", "rsa:2048"], convert: ["rsa", "-traditional"] },
  "P-256, PKCS#8": { make: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"], convert: undefined },
  "P-256, SEC1": { make: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"], convert: ["ec"] },
  "P-384, PKCS#8": { make: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp384r1"], convert: undefined },
} as const;

type Form = keyof typeof KEYS;
const pairs = Object.fromEntries(Object.keys(KEYS).map((form) => [form, [pairOf(form as Form), pairOf(form as Form)]]));

describe("PEM", () => {
  it.each(Object.keys(KEYS))("of a certificate and its key is fine: %s", (form) => {
    const [pair] = pairs[form]!;
    expect(problemsOf(pair!.cert, pair!.key)).toEqual([]);
  });

  it.each(Object.keys(KEYS))("of a key of another certificate is found: %s", (form) => {
    const [pair, other] = pairs[form]!;
    expect(problemsOf(pair!.cert, other!.key)).toEqual(["tls_certificate.private_key tls.certificate"]);
  });

  it("of a chain is fine, with text between its blocks", () => {
    const [pair, other] = pairs["P-256, SEC1"]!;
    expect(problemsOf(`# a comment\n${pair!.cert}subject=CN\n${other!.cert}`, `Bag Attributes\n${pair!.key}`)).toEqual(
      [],
    );
    expect(problemsOf(pair!.cert.replaceAll("\n", "\r\n"), pair!.key.replaceAll("\n", "\r\n"))).toEqual([]);
  });

  it("never shows a key or a certificate in a problem", () => {
    const [pair, other] = pairs["RSA, PKCS#8"]!;
    const broken = [
      [pair!.key, pair!.cert],
      [pair!.cert, other!.key],
      [pair!.cert.slice(0, 300), pair!.key.slice(0, 300)],
      [pair!.cert, pair!.key.replace(/\n(.{40}).*\n/, "\n$1\n")],
    ] as const;
    for (const [cert, key] of broken) {
      const text = JSON.stringify(validate([secretOf(cert, key)]));
      expect(text).toContain("tls.certificate");
      for (
        const line of `${pair!.cert}${pair!.key}${other!.key}`.split("\n").filter((each) => /^[\w+/=]{20,}$/.test(each))
      ) {
        expect(text).not.toContain(line.slice(0, 20));
      }
    }
  });
});

function secretOf(cert: string, key: string) {
  const inline = (value: string) => ({ specifier: { case: "inlineString", value } }) as const;
  return secret({
    name: "s",
    type: { case: "tlsCertificate", value: { certificateChain: inline(cert), privateKey: inline(key) } },
  });
}

function problemsOf(cert: string, key: string): string[] {
  return validate([secretOf(cert, key)]).map(({ path, rule }) => `${path} ${rule}`);
}

function pairOf(form: Form): { readonly cert: string; readonly key: string } {
  const folder = mkdtempSync(join(tmpdir(), "keys-"));
  const path = (name: string): string => join(folder, name);
  const run = (...args: string[]): void =>
    void execFileSync("openssl", args, { stdio: ["ignore", "ignore", "ignore"] });
  const { make, convert } = KEYS[form];
  try {
    run(
      "req",
      "-x509",
      ...make,
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=a",
      "-keyout",
      path("key"),
      "-out",
      path("cert"),
    );
    if (convert !== undefined) run(...convert, "-in", path("key"), "-out", path("key"));
    return { cert: readFileSync(path("cert"), "utf8"), key: readFileSync(path("key"), "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
