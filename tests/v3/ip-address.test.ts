import fc from "fast-check";
import { isIPv4, isIPv6 } from "node:net";
import { expect, it } from "vitest";
import { ipv4End, isIp } from "../../src/v3/common/ip-address.ts";

it("is an IP address if Node says so", () => {
  const likely = fc.array(fc.constantFrom("0", "1", "25", "255", "256", ".", ".", ".", ":", "::", "a", "ffff", "%"), {
    maxLength: 12,
  }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), likely, fc.string()), (text) => {
      // A zone is of one machine, so that no configuration has it.
      expect(isIp(text)).toBe(isIPv4(text) || isIPv6(text) && !text.includes("%"));
    }),
    { numRuns: 2_000 },
  );
});

it("says where an IPv4 address ends", () => {
  fc.assert(fc.property(fc.ipV4(), fc.nat(65_535), (address, port) => {
    expect(ipv4End(`${address}:${port}`)).toBe(address.length);
  }));
});
