import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import {
  type AuthorizationRequest,
  type Authorize,
  bindNode,
  type ClientCertificate,
  createDiscoveryServer,
  type DiscoveryServerOptions,
  rawResource,
  Snapshot,
  SnapshotCache,
} from "../../mod.ts";
import * as node from "../../src/node/mod.ts";
import { SECRET_TYPE } from "../../src/v3/mod.ts";
import { v3 } from "../../src/v3/table.ts";
import { type Credential, MEMBERS, type Way, waysInto } from "./ways-in.ts";

const WAYS = waysInto(serverWith({}));

describe("every way in", () => {
  it("is in the table: routes, their protocols, members of a server, and listeners", () => {
    expect(Reflect.ownKeys(serverWith({})).map(String).sort()).toEqual(Object.keys(MEMBERS).sort());
    const listeners = ["listen", "restListener"]; // identity-tls.test.ts has these
    const others = ["LIMIT_NAMES", "stopOnSignals"];
    expect(Object.keys(node).sort()).toEqual([...listeners, ...others].sort());
    const methods = v3.services.flatMap(({ service }) =>
      service.methods.map(({ name }) => `/${service.typeName}/${name}`)
    );
    expect(methods.filter((method) => !WAYS.some(({ title }) => title.includes(method)))).toEqual([]);
  });
});

const IDENTITIES = ["token", "certificate"] as const;
const DECISIONS = ["at once", "later"] as const;

describe.each(IDENTITIES)("I-01 by %s", (identity) => {
  describe.each(DECISIONS)("decided %s", (when) => {
    const ways = WAYS.filter(({ hasCertificate }) => identity === "token" || hasCertificate);

    it.each(ways)("no credential: $title", async (way) => {
      const { server } = guarded(when);
      expect(await way.open(server, { nodeId: "a" }).outcome).toBe("unauthenticated");
      expect(server.status().authorization).toEqual({ denied: 1, failed: 0, revoked: 0 });
    });

    it.each(ways.filter(isDiscovery))("that of another node: $title", async (way) => {
      const { server } = guarded(when);
      expect(await way.open(server, as("b")).outcome).toBe("denied");
      expect(server.status().authorization).toEqual({ denied: 1, failed: 0, revoked: 0 });
    });

    it.each(ways)("the right one: $title", async (way) => {
      const { server } = guarded(when);
      expect(await way.open(server, as("a")).outcome).toBe("served");
      expect(server.status().authorization).toEqual({ denied: 0, failed: 0, revoked: 0 });
    });

    it.each(ways)("revoked in mid-stream: $title", async (way) => {
      const { server, revoke } = guarded(when);
      const attempt = way.open(server, as("a"));
      const other = way.open(server, { ...as("b"), nodeId: "b" });
      expect([await attempt.outcome, await other.outcome]).toEqual(["served", "served"]);
      revoke("a");
      await server.reauthorize();
      if (way.isStream) expect(await attempt.ended).toBe("unauthenticated");
      expect(await way.open(server, as("a")).outcome).toBe("unauthenticated");
      expect(server.status().authorization.revoked).toBe(way.isStream ? 1 : 0);
      expect(server.streams.map((stream) => stream.node?.id)).toEqual(way.isStream && isDiscovery(way) ? ["b"] : []);
    });

    /** A client that says it is node a. */
    function as(id: string): Credential {
      return identity === "token"
        ? { nodeId: "a", token: id }
        : { nodeId: "a", certificate: certificateOf(id, Date.now() + 1e6) };
    }
  });
});

describe("I-01 an expired certificate", () => {
  it.each(WAYS.filter(({ hasCertificate }) => hasCertificate))("$title", async (way) => {
    const { server } = guarded("at once");
    const certificate = certificateOf("a", Date.now() - 1);
    expect(await way.open(server, { nodeId: "a", certificate }).outcome).toBe("unauthenticated");
  });
});

describe("I-03 without authorize", () => {
  it.each(WAYS)("$title: secrets need a certificate, or a client on this machine", async (way) => {
    const isSecret = way.typeUrl === SECRET_TYPE;
    const server = serverWith({});
    expect(await way.open(server, { nodeId: "a" }).outcome).toBe(isSecret ? "denied" : "served");
    if (!way.hasCertificate) return;
    expect(await way.open(server, { nodeId: "a", isLocal: true }).outcome).toBe("served");
    const certificate = certificateOf("x", Date.now() + 1e6);
    expect(await way.open(server, { nodeId: "a", certificate }).outcome).toBe("served");
  });
});

function certificateOf(id: string, validTo: number): ClientCertificate {
  return { subject: `CN=${id}`, commonName: id, dnsNames: [], uris: [], spiffeId: undefined, fingerprint: id, validTo };
}

function isKnown(id: string | undefined): true | Error {
  return id === undefined ? new ConnectError("The client has no identity", Code.Unauthenticated) : true;
}

function isDiscovery({ typeUrl }: Way): boolean {
  return typeUrl !== "";
}

/** A server that knows the nodes a and b by their credentials. */
function guarded(when: typeof DECISIONS[number]) {
  const known = new Set(["a", "b"]);
  function idOf({ certificate, headers }: Omit<AuthorizationRequest, "node">) {
    const id = certificate?.commonName ?? headers.get("authorization") ?? "";
    const found = known.has(id) ? id : undefined;
    return when === "at once" ? found : Promise.resolve(found);
  }
  const ofNode = bindNode({ idOf });
  /** Standard services have no node: any that is known may use them. */
  function authorize(request: AuthorizationRequest) {
    const { typeUrl } = request;
    if (typeUrl !== "") return ofNode(request);
    const id = idOf(request);
    return typeof id === "object" ? id.then(isKnown) : isKnown(id);
  }
  return { server: serverWith({ authorize }), revoke: (id: string) => void known.delete(id) };
}

function serverWith(options: { readonly authorize?: Authorize } & Partial<DiscoveryServerOptions>) {
  const cache = new SnapshotCache();
  const types = new Set([...v3.types, ...v3.services].flatMap(({ typeUrl }) => typeUrl ?? []));
  // The field `name` of nearly all types.
  const resources = [...types].map((typeUrl) => rawResource(typeUrl, "a", Uint8Array.of(10, 1, 97)));
  for (const id of ["a", "b"]) cache.setSnapshot(id, new Snapshot({ version: "1", resources }));
  return createDiscoveryServer({ cache, log: false, health: true, reflection: true, ...options });
}
