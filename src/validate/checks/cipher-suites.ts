import { TlsParametersSchema } from "../../../gen/envoy/extensions/transport_sockets/tls/v3/common_pb.ts";
import { check } from "../check.ts";
import { likelyName } from "../references/spelling.ts";

/** Envoy refuses a list with a cipher suite that its TLS library does not know. A warning, since builds differ in it. */
export const CIPHER_SUITES = check(TlsParametersSchema, "tls.cipher_suites", ({ cipherSuites }, at) => {
  for (const [i, entry] of cipherSuites.entries()) {
    // Groups of equal preference, such as [A|B], and what is added, removed or combined, such as -ALL or ECDHE+AES.
    const names = entry.split(/[[\]|:;,+ ]/).map((name) => name.replace(/^[-!@]/, "")).filter((name) => name !== "");
    const unknown = names.find(isUnknown);
    if (unknown === undefined) continue;
    const likely = likelyName(unknown, CIPHERS);
    at.warning({
      path: `cipher_suites[${i}]`,
      message: "Must be a cipher suite that BoringSSL knows, by its name in OpenSSL",
      value: unknown,
      ...likely !== undefined && { hint: `Did you mean "${likely}"?` },
    });
  }
});

function isUnknown(name: string): boolean {
  return !CIPHERS.has(name) && !GROUPS.has(name) && !/^TLS_\w+_WITH_\w+$/.test(name);
}

const CIPHERS: ReadonlySet<string> = new Set([
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-ECDSA-AES128-SHA",
  "ECDHE-ECDSA-AES128-SHA256",
  "ECDHE-ECDSA-AES256-SHA",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-RSA-CHACHA20-POLY1305",
  "ECDHE-RSA-AES128-SHA",
  "ECDHE-RSA-AES128-SHA256",
  "ECDHE-RSA-AES256-SHA",
  "ECDHE-PSK-CHACHA20-POLY1305",
  "ECDHE-PSK-AES128-CBC-SHA",
  "ECDHE-PSK-AES256-CBC-SHA",
  "AES128-GCM-SHA256",
  "AES256-GCM-SHA384",
  "AES128-SHA",
  "AES256-SHA",
  "PSK-AES128-CBC-SHA",
  "PSK-AES256-CBC-SHA",
  "DES-CBC3-SHA",
]);

/** Names that stand for several. */
const GROUPS: ReadonlySet<string> = new Set(
  ("ALL DEFAULT kRSA kECDHE kEECDH kPSK aRSA aECDSA aPSK ECDHE EECDH RSA PSK ECDSA 3DES AES AES128 AES256 AESGCM " +
    "CHACHA20 SHA SHA1 SSLv3 TLSv1 TLSv1.2 HIGH FIPS STRENGTH").split(" "),
);
