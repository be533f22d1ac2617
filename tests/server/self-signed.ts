import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes a certificate for `localhost` that is its own authority. */
export function selfSigned(name: string): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), "ts-control-plane-"));
  try {
    const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
    const subject = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=DNS:localhost"];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
    const request = ["req", "-x509", ...curve, "-nodes", "-days", "2"];
    execFileSync("openssl", [...request, ...subject, "-keyout", key, "-out", cert], { stdio: "ignore" });
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
