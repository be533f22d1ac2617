import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nkeys } from "@nats-io/nats-core";
import { describe, expect, it } from "vitest";
import { NatsStore, type NatsStoreOptions, ReplicatedCache } from "../../../src/nats/mod.ts";
import { cluster, CLUSTER_TYPE } from "../../../src/v3/mod.ts";
import { TestAuthority } from "../../server/test-authority.ts";
import { Operator } from "./operator.ts";
import { SecuredServer } from "./secured-server.ts";

type Options = Omit<NatsStoreOptions, "bucket" | "servers"> & Partial<Pick<NatsStoreOptions, "servers">>;

/** Publishes, and reads it again. */
async function use({ port }: SecuredServer, options: Options): Promise<void> {
  const servers = `nats://127.0.0.1:${port}`;
  const store = await NatsStore.connect({ servers, bucket: "xds", timeoutMs: 20_000, ...options });
  try {
    await store.publish("edge", [cluster({ name: "a" })]);
    expect((await store.get("edge")).snapshot?.types).toHaveLength(1);
  } finally {
    await store.close();
  }
}

/** The error, with all that is in it. */
async function errorOf(work: Promise<void>): Promise<string> {
  const error: unknown = await work.then(() => undefined, (each) => each);
  expect(error).toBeInstanceOf(Error);
  const { message, cause } = error as Error;
  return `${message}\n${String(cause)}`;
}

describe("NatsStore", () => {
  it("connects by TLS with a certificate of its own, which it reads anew", async () => {
    const authority = new TestAuthority("nats");
    const other = new TestAuthority("other");
    const { key, cert } = authority.issue("server");
    await using server = await SecuredServer.start({ key, cert, ca: authority.cert }, (folder) =>
      `tls {
      cert_file: "${folder}/cert", key_file: "${folder}/key", ca_file: "${folder}/ca", verify: true
    }`);
    const client = authority.issue("client");
    const tls = { ca: authority.cert, cert: client.cert, key: client.key };
    await use(server, { tls });

    const files = { caFile: server.path("ca"), certFile: server.path("c.pem"), keyFile: server.path("c.key") };
    writeFileSync(files.certFile, client.cert);
    writeFileSync(files.keyFile, client.key);
    await use(server, { tls: files });

    const at = `Cannot connect to NATS at nats://127.0.0.1:${server.port}: `;
    expect(await errorOf(use(server, { tls: { ca: other.cert } }))).toContain(`${at}unable to verify the first cert`);
    const stranger = other.issue("client");
    for (const own of [{}, stranger]) {
      const refused = await errorOf(use(server, { tls: { ca: authority.cert, ...own }, timeoutMs: 1_000 }));
      expect(refused).toContain("if it requires certificates of its clients, it does not accept this one's");
      expect(refused).not.toContain(stranger.key.split("\n")[1]);
    }
    expect(await errorOf(use(server, { tls: { ...files, keyFile: "/none" } }))).toContain("/none doesn't exist");

    // A replica that is connected already, and whose certificate is replaced.
    const store = await NatsStore.connect({
      servers: `nats://127.0.0.1:${server.port}`,
      bucket: "xds",
      tls: files,
      heartbeatMs: 500,
    });
    const next = authority.issue("next");
    writeFileSync(files.certFile, next.cert);
    writeFileSync(files.keyFile, next.key);
    await server.stop();
    await server.start();
    await expect.poll(() => store.engine.identity().then(() => "connected", String), { timeout: 30_000 }).toBe(
      "connected",
    );
    await store.close();
    authority.remove();
    other.remove();
  });

  it("connects by TLS alone where an address says so, and where tls is given", async () => {
    await using server = await SecuredServer.start({}, () => "");
    const servers = `tls://127.0.0.1:${server.port}`;
    expect(await errorOf(use(server, { servers }))).toContain("does not support 'tls'");
    expect(await errorOf(use(server, { tls: {} }))).toContain("does not support 'tls'");
  });

  it("connects with a user and a password, from files too, and names neither in errors", async () => {
    const pass = "p@ss:w0rd-canary";
    await using server = await SecuredServer.start(
      { pass: `${pass}\n`, none: "\n" },
      () => `authorization { user: me, password: "${pass}" }`,
    );
    const passFile = server.path("pass");
    await use(server, { credentials: { user: "me", pass } });
    await use(server, { credentials: { user: "me", passFile } });
    await use(server, { servers: `nats://me:${encodeURIComponent(pass)}@127.0.0.1:${server.port}` });

    const refused = await errorOf(use(server, { credentials: { user: "canary", pass: "canary" } }));
    expect(refused).toContain(`Cannot connect to NATS at nats://127.0.0.1:${server.port}: Authorization Violation`);
    const inAddress = await errorOf(use(server, { servers: `nats://canary:canary@127.0.0.1:${server.port}` }));
    expect(inAddress).toContain(`at nats://127.0.0.1:${server.port}: Authorization Violation`);
    const none = await errorOf(use(server, { credentials: { user: "me", passFile: server.path("missing") } }));
    expect(none).toContain("it does not exist");
    expect(await errorOf(use(server, { credentials: { user: "me", passFile: server.path("none") } }))).toContain(
      "there are none",
    );
    expect(await errorOf(use(server, {}))).toContain("Authorization Violation");
    for (const text of [refused, inAddress, none]) expect(text).not.toContain("canary");
  });

  it("says that a server does not let it in any more, and connects again once it does", async () => {
    const config = (pass: string) => `authorization { user: me, password: "${pass}" }`;
    await using server = await SecuredServer.start({ pass: "one-canary" }, () => config("one-canary"));
    const credentials = { user: "me", passFile: server.path("pass") };
    const servers = `nats://127.0.0.1:${server.port}`;
    const store = await NatsStore.connect({ servers, bucket: "xds", credentials, heartbeatMs: 500 });
    const replica = new ReplicatedCache(store, { retryMs: 10, maxRetryMs: 100, onError: () => {} });
    await replica.ready;
    await server.stop();
    await server.start(config("two-canary"));
    await expect.poll(() => String(replica.status().error), { timeout: 30_000 }).toBe(
      "Error: The server of NATS refuses the connection: Authorization Violation",
    );
    writeFileSync(credentials.passFile, "two-canary");
    await expect.poll(() => replica.status().isConnected, { timeout: 30_000 }).toBe(true);
    await replica.close();
    await store.close();
  });

  it("connects with a token", async () => {
    await using server = await SecuredServer.start({ token: "t0ken" }, () => `authorization { token: "t0ken" }`);
    await use(server, { credentials: { token: "t0ken" } });
    await use(server, { credentials: { tokenFile: server.path("token") } });
    await use(server, { servers: `nats://t0ken@127.0.0.1:${server.port}` });
    const text = await errorOf(use(server, { credentials: { token: "canary" } }));
    expect(text).toContain("Authorization Violation");
    expect(text).not.toContain("canary");
  });

  it("connects with the seed of an nkey", async () => {
    const [user, stranger] = [nkeys.createUser(), nkeys.createUser()];
    const [seed, wrong] = [user, stranger].map((each) => new TextDecoder().decode(each.getSeed()));
    await using server = await SecuredServer.start(
      { seed: `${seed}\n`, wrong: wrong!, broken: `${seed!.slice(0, -4)}AAAA` },
      () => `authorization { users: [{ nkey: ${user.getPublicKey()} }] }`,
    );
    await use(server, { credentials: seed! });
    await use(server, { credentials: { file: server.path("seed") } });
    const refused = await errorOf(use(server, { credentials: { file: server.path("wrong") } }));
    expect(refused).toContain("Authorization Violation");
    const broken = await errorOf(use(server, { credentials: { file: server.path("broken") } }));
    expect(broken).toContain(`Cannot use the credentials in ${server.path("broken")}: expected a JWT`);
    for (const text of [refused, broken]) expect(text).not.toContain(seed!.slice(4, 40));
  });

  it("connects with a credentials file of an account of an operator, which it reads anew", async () => {
    const operator = new Operator();
    const [creds, foreign] = [operator.credentials(), operator.credentials({ account: nkeys.createAccount() })];
    await using server = await SecuredServer.start({ creds, foreign }, () => operator.config);
    await use(server, { credentials: creds });
    await use(server, { credentials: new TextEncoder().encode(creds) });
    const file = server.path("creds");
    await use(server, { credentials: { file } });
    const refused = await errorOf(use(server, { credentials: { file: server.path("foreign") } }));
    expect(refused).toContain("Authorization Violation");
    expect(refused).not.toContain(foreign.split("\n")[1]);

    const servers = `nats://127.0.0.1:${server.port}`;
    const store = await NatsStore.connect({ servers, bucket: "xds", credentials: { file }, heartbeatMs: 500 });
    for (const text of [operator.credentials(), "it is being written"]) {
      writeFileSync(file, text);
      await server.stop();
      await server.start();
      await expect.poll(() => store.engine.identity().then(() => "connected", String), { timeout: 30_000 }).toBe(
        "connected",
      );
    }
    await store.close();
  });

  it("needs no permission to write for a replica, and says what it lacks to publish", async () => {
    // As docs/xds-command.md has them.
    const page = readFileSync(join(import.meta.dirname, "../../../docs/xds-command.md"), "utf8");
    const [, users] = /```\n(authorization \{[^]*?)```/.exec(page)!;
    await using server = await SecuredServer.start({}, () => users!.replaceAll(/\$(WRITER|REPLICA)/g, '"pass-$1"'));
    const as = (user: string) => ({
      servers: `nats://127.0.0.1:${server.port}`,
      bucket: "xds",
      heartbeatMs: 500,
      credentials: { user, pass: `pass-${user.toUpperCase()}` },
    });
    const writer = await NatsStore.connect(as("writer"));
    // Many enough to be values of their own, which can be collected.
    await writer.publish("edge", Array.from({ length: 1_000 }, (_, i) => cluster({ name: `a${i}` })));
    const store = await NatsStore.connect(as("replica"));
    const errors: unknown[] = [];
    const replica = new ReplicatedCache(store, { onError: (error) => errors.push(error) });
    await replica.ready;
    expect(replica.getSnapshot("edge")?.types).toHaveLength(1);
    await writer.publish("edge", [cluster({ name: "b" })]);
    await expect.poll(() => replica.getSnapshot("edge")?.get(CLUSTER_TYPE, "b")).toBeDefined();
    await writer.update("edge", { update: [cluster({ name: "c" })] });
    await writer.clear("edge");
    await expect.poll(() => replica.getSnapshot("edge")).toBeUndefined();

    const refused: unknown = await store.publish("edge", [cluster({ name: "d" })]).catch((error) => error);
    expect(String(refused)).toMatch(/permissions violation/i);
    await expect(store.collect({ maxWriteMs: 0 })).rejects.toThrow(/permissions violation/i);
    expect(await writer.collect({ maxWriteMs: 0 })).not.toMatchObject({ deleted: 0 });
    await replica.close();
    expect(errors).toEqual([]);
    expect((await writer.get("edge")).snapshot).toBeUndefined();
    await store.close();
    await writer.close();
  });
});
