import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A key and its certificate, in PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** An authority that issues certificates. */
export class TestAuthority {
  /** The certificate of the authority. */
  readonly cert: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "ts-control-plane-"));

  constructor(name: string) {
    this.#run(["req", "-x509", ...KEY, "-days", "2", "-subj", `/CN=${name}`, "-keyout", "ca.key", "-out", "ca.crt"]);
    this.cert = this.#read("ca.crt");
  }

  /** @param names - subject alternative names, such as `URI:spiffe://example.org/a` */
  issue(commonName: string, names: readonly string[] = ["DNS:localhost", "IP:127.0.0.1"]): KeyPair {
    writeFileSync(join(this.#folder, "ext"), names.length > 0 ? `subjectAltName=${names.join(",")}` : "");
    this.#run(["req", ...KEY, "-subj", `/CN=${commonName}`, "-keyout", "leaf.key", "-out", "leaf.csr"]);
    const from = ["-in", "leaf.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1"];
    this.#run(["x509", "-req", ...from, "-extfile", "ext", "-out", "leaf.crt"]);
    return { key: this.#read("leaf.key"), cert: this.#read("leaf.crt") };
  }

  /** Removes its files. */
  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #run(args: readonly string[]): void {
    execFileSync("openssl", args, { cwd: this.#folder, stdio: "ignore" });
  }

  #read(name: string): string {
    return readFileSync(join(this.#folder, name), "utf8");
  }
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
