import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Resource } from "../../../mod.ts";
import { secret, SECRET_TYPE } from "../../../src/v3/mod.ts";
import { validate } from "../../../src/validate/mod.ts";
import { MARK } from "../../canary/outputs.ts";
import { type Case, onlyStreams } from "../case.ts";
import { certificates } from "../certificates.ts";
import type { World } from "../world.ts";
import { certificateSecret, shows, startWith } from "./secrets.ts";

/** Three times in a row, so that a part of it is seen wherever it is cut. */
const KEY = `-----BEGIN PRIVATE KEY-----\n${`${MARK}-key-`.repeat(3)}\n-----END PRIVATE KEY-----\n`;
const PASSWORD = `${MARK}-password`;

interface Rejected {
  readonly name: string;
  /** What the server shows of the reason, so that what is cut off is not all of it. */
  readonly reason: RegExp;
  /** Whether Envoy quotes the key, which its own log shows. */
  readonly quotesKey: boolean;
  readonly bad: (cert: string) => Resource;
}

const REJECTED: readonly Rejected[] = [
  {
    name: "a rule of the API, where Envoy quotes the whole secret",
    reason: /CertificateChain: .*is required/,
    quotesKey: true,
    // A source of data has to have a specifier.
    bad: () => withKey({ case: "inlineString", value: KEY }, {}),
  },
  {
    name: "the same, with the key as bytes",
    reason: /CertificateChain: .*is required/,
    quotesKey: true,
    bad: () => withKey({ case: "inlineBytes", value: Buffer.from(KEY) }, {}),
  },
  {
    name: "a key that is no PEM",
    reason: /private key/i,
    quotesKey: false,
    bad: (cert) => withKey({ case: "inlineString", value: KEY }, inline(cert)),
  },
  {
    name: "a certificate that is no PEM, and holds the key",
    reason: /certificate chain/i,
    quotesKey: false,
    bad: () => withKey({ case: "inlineString", value: KEY }, inline(KEY)),
  },
];

/** Whatever Envoy says of a secret, no output of the server shows a key. */
export const CANARY: readonly Case[] = [
  {
    type: "SDS",
    name: "no output shows a key of a rejected secret",
    modes: onlyStreams,
    keepsOutputs: true,
    async run(world) {
      const [first, ...next] = await certificates(1 + REJECTED.length);
      await startWith(world, first!);
      for (const [i, rejected] of REJECTED.entries()) {
        await reject(world, rejected, first!.cert);
        world.change({ update: [certificateSecret(next[i]!)] });
        await shows(world, next[i]!);
      }
    },
  },
];

async function reject(world: World, { name, reason, quotesKey, bad }: Rejected, cert: string): Promise<void> {
  const { outputs, journal } = world.server;
  const quarantined = journal.quarantined.length;
  const resource = bad(cert);
  world.change({ update: [resource] });
  await world.reach(`a NACK for ${name}`, () => assert.notDeepEqual(journal.nacks, []));
  for (const { typeUrl, message } of journal.nacks.splice(0)) {
    assert.equal(typeUrl, SECRET_TYPE);
    assert.match(message, reason);
  }
  await world.reach("the quarantine", () => assert.ok(journal.quarantined.length > quarantined));
  outputs.add("status", world.server.status());
  outputs.add("published", [resource, world.server.snapshot]);
  outputs.add("validate", validate(world.server.snapshot));
  // What is not said cannot be leaked: Envoy did send the key.
  if (quotesKey) {
    // It writes its log some time later.
    await world.reach("the key in Envoy's log", async () => {
      assert.ok((await world.envoy.log()).includes(MARK), "Envoy has quoted no key");
    });
  }
  for (const source of ["onNack", "onQuarantine", "onRequest", "onResponse", "log.warn", "log.debug", "status"]) {
    assert.ok(outputs.sources.has(source), `nothing came from ${source}`);
  }
  assert.deepEqual(outputs.leaks, [], name);
}

type Specifier = { case: "inlineString"; value: string } | { case: "inlineBytes"; value: Uint8Array<ArrayBuffer> };

function withKey(key: Specifier, certificateChain: object): Resource {
  return secret({
    name: "certificate",
    type: {
      case: "tlsCertificate",
      value: { certificateChain, privateKey: { specifier: key }, password: inline(PASSWORD) },
    },
  });
}

function inline(value: string) {
  return { specifier: { case: "inlineString", value } } as const;
}
