import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../src/stream/mod.ts";
import { checkNames, readRequest } from "../../src/stream/read-request.ts";
import { Subscription } from "../../src/stream/subscription.ts";
import { encodeRequest } from "../../src/testing/fake-request.ts";
import { TYPES } from "../protocol/transcript.ts";
import { requestOf } from "./make.ts";

describe("readRequest()", () => {
  it.each([
    ["on ADS has its own type", undefined, TYPES.CDS, TYPES.CDS],
    ["without a type has that of the service", TYPES.CDS, "", TYPES.CDS],
    ["with the type of the service has it", TYPES.CDS, TYPES.CDS, TYPES.CDS],
  ])("a request %s", (_, typeUrl, ownType, expected) => {
    for (const variant of ["sotw", "delta"] as const) {
      const message = encodeRequest(variant, { typeUrl: ownType, responseNonce: "n" });
      expect(readRequest(message, { variant, typeUrl })).toMatchObject({ typeUrl: expected, nonce: "n" });
    }
  });

  it.each([
    ["on ADS has no type", undefined, encodeRequest("sotw", {}), "a request on ADS must have a type_url"],
    [
      "has another type than the service",
      TYPES.CDS,
      encodeRequest("sotw", { typeUrl: TYPES.LDS }),
      `this service serves ${TYPES.CDS} alone; use ADS for other types`,
    ],
    ["cannot be decoded", undefined, Uint8Array.of(0x0a, 0xff), "the request cannot be decoded"],
  ])("ends the stream where the request %s", (_, typeUrl, message, text) => {
    const error = errorOf(() => readRequest(message, { variant: "sotw", typeUrl }));
    expect([error.code, error.message]).toEqual(["invalid_argument", text]);
  });
});

describe("checkNames()", () => {
  const limits = { maxTypes: 1, maxNames: 2, maxNameLength: 3 };

  it.each([
    ["2 names", ["a", "b"], undefined],
    ["a name of 3 characters", ["abc"], undefined],
    ["3 names", ["a", "b", "c"], ["resource_exhausted", `a stream may subscribe to at most 2 names of ${TYPES.RDS}`]],
    ["a name of 4 characters", ["abcd"], ["invalid_argument", "a resource name may have at most 3 characters"]],
  ])("%s", (_, names, expected) => {
    const subscription = new Subscription(() => undefined);
    for (const name of names) subscription.add(name, { added: [], removed: [] });
    const check = () => checkNames({ ...requestOf(""), names }, subscription, limits);
    if (expected === undefined) return expect(check).not.toThrow();
    const error = errorOf(check);
    expect([error.code, error.message]).toEqual(expected);
  });
});

function errorOf(action: () => unknown): ProtocolError {
  try {
    action();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error("No error was thrown");
}
