import { nkeys } from "@nats-io/nats-core";

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** An operator of NATS with an account: what the command `nsc` makes. */
export class Operator {
  /** For the configuration of a server. */
  readonly config: string;
  readonly #account = nkeys.createAccount();

  constructor() {
    const operator = nkeys.createOperator();
    const system = nkeys.createAccount();
    const account = (pair: KeyPair, name: string, storage: number) =>
      token(operator, pair, name, { type: "account", version: 2, limits: { ...LIMITS, ...storageOf(storage) } });
    this.config = [
      `operator: ${token(operator, operator, "operator", { type: "operator", version: 2 })}`,
      `system_account: ${system.getPublicKey()}`,
      `resolver: MEMORY`,
      `resolver_preload {`,
      `  ${system.getPublicKey()}: ${account(system, "SYS", 0)}`,
      `  ${this.#account.getPublicKey()}: ${account(this.#account, "fleet", -1)}`,
      `}`,
    ].join("\n");
  }

  /** The content of a credentials file of a new user. @param account - that has issued it. Default: the operator's */
  credentials({ account = this.#account } = {}): string {
    const user = nkeys.createUser();
    const jwt = token(account, user, "replica", { type: "user", version: 2, subs: -1, data: -1, payload: -1 });
    const seed = new TextDecoder().decode(user.getSeed());
    return `-----BEGIN NATS USER JWT-----\n${jwt}\n------END NATS USER JWT------\n\n` +
      `-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`;
  }
}

const LIMITS = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };

function storageOf(limit: number): object {
  return { mem_storage: limit, disk_storage: limit, streams: limit, consumer: limit };
}

function token(issuer: KeyPair, subject: KeyPair, name: string, nats: object): string {
  const claims = {
    jti: crypto.randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    name,
    sub: subject.getPublicKey(),
    nats,
  };
  const text = [{ typ: "JWT", alg: "ed25519-nkey" }, claims].map((each) => encode(JSON.stringify(each))).join(".");
  return `${text}.${Buffer.from(issuer.sign(new TextEncoder().encode(text))).toString("base64url")}`;
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64url");
}
