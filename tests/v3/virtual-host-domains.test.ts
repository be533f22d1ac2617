import { describe, expect, it } from "vitest";
import { virtualHostResource } from "../../src/v3/mod.ts";
import { domainsFor, domainsOf } from "../../src/v3/virtual-host-domains.ts";

const DOMAINS = [
  "one.com",
  "One.com:8080",
  "*.one.com",
  "*-x.one.com",
  "www.*",
  "www.two.*",
  "[::1]:80",
  "[::1]",
  "*:9000",
];

describe("the domain that serves a host", () => {
  it.each([
    ["one.com", "one.com"],
    ["ONE.com", "one.com"],
    ["one.com:8080", "one.com:8080"],
    ["one.com:81", "one.com"],
    ["a.one.com", "*.one.com"],
    ["a.b.one.com", "*.one.com"],
    ["a-x.one.com", "*-x.one.com"],
    // The star stands for one character at least.
    [".one.com", undefined],
    ["www.three.com", "www.*"],
    ["www.two.com", "www.two.*"],
    // A suffix goes before a prefix.
    ["www.one.com", "*.one.com"],
    ["[::1]:80", "[::1]:80"],
    ["[::1]:81", "[::1]"],
    ["any.where:9000", "*:9000"],
    ["two.com", undefined],
    ["", undefined],
  ])("H2 %s: %s", (host, domain) => {
    const all = new Set(DOMAINS.map((each) => `routes/${each.toLowerCase()}`));
    const found = [...domainsFor(`routes/${host}`)].find((key) => all.has(key));
    expect(found).toBe(domain && `routes/${domain}`);
  });

  it("H2 is the star if no other matches", () => {
    expect([...domainsFor("routes/two.com")].at(-1)).toBe("routes/*");
  });

  it("H1 is the part of the name after the last slash", () => {
    expect([...domainsFor("folder/routes/a")]).toEqual(["folder/routes/a", "folder/routes/*"]);
  });

  it("E5 is not compared with patterns if the host is longer than any", () => {
    expect([...domainsFor(`routes/${"a".repeat(65_000)}`)]).toHaveLength(2);
  });

  it("H1 H2 is a domain of a virtual host, or an alias of its options", () => {
    const host = virtualHostResource({ name: "a", domains: ["A.com", "*"] }, {
      routeConfig: "f/r",
      aliases: ["f/r/b.com"],
    });
    expect(host.name).toBe("f/r/a");
    expect(domainsOf(host)).toEqual(["f/r/a.com", "f/r/*", "f/r/b.com"]);
  });
});
