import { describe, expect, it } from "vitest";
import { DEFAULT_STREAM_LIMITS, ProtocolError } from "../../src/stream/mod.ts";
import { readRequest } from "../../src/stream/read-request.ts";
import { encodeRequest } from "../../src/testing/fake-request.ts";
import { TYPES } from "../protocol/transcript.ts";

describe("readRequest()", () => {
  it.each([
    ["on ADS has its own type", undefined, TYPES.CDS, TYPES.CDS],
    ["without a type has that of the service", TYPES.CDS, "", TYPES.CDS],
    ["with the type of the service has it", TYPES.CDS, TYPES.CDS, TYPES.CDS],
  ])("a request %s", (_, typeUrl, ownType, expected) => {
    for (const variant of ["sotw", "delta"] as const) {
      const message = encodeRequest(variant, { typeUrl: ownType, responseNonce: "n" });
      expect(readRequest(message, { variant, typeUrl, limits: DEFAULT_STREAM_LIMITS })).toMatchObject({
        typeUrl: expected,
        nonce: "n",
      });
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
    const error = errorOf(() => readRequest(message, { variant: "sotw", typeUrl, limits: DEFAULT_STREAM_LIMITS }));
    expect([error.code, error.message]).toEqual(["invalid_argument", text]);
  });
});

describe("the names of a request", () => {
  const limits = { ...DEFAULT_STREAM_LIMITS, maxNames: 2, maxNameLength: 3 };
  const many = ["resource_exhausted", "a request may have at most 2 names"];
  const long = ["invalid_argument", "a resource name may have at most 3 characters"];

  it.each([
    ["2 names", { resourceNamesSubscribe: ["a", "b"] }, undefined],
    ["a name of 3 characters", { resourceNamesSubscribe: ["abc"] }, undefined],
    ["3 names", { resourceNamesSubscribe: ["a", "b", "c"] }, many],
    ["3 names to unsubscribe from", { resourceNamesUnsubscribe: ["a", "b", "c"] }, many],
    ["3 versions", { initialResourceVersions: { a: "", b: "", c: "" } }, many],
    ["a name of 4 characters", { resourceNamesSubscribe: ["abcd"] }, long],
    ["a name of 4 characters to unsubscribe from", { resourceNamesUnsubscribe: ["abcd"] }, long],
    ["a version of a name of 4 characters", { initialResourceVersions: { abcd: "" } }, long],
  ])("%s", (_, names, expected) => {
    const message = encodeRequest("delta", { typeUrl: TYPES.RDS, ...names });
    const read = () => readRequest(message, { variant: "delta", typeUrl: undefined, limits });
    if (expected === undefined) return expect(read).not.toThrow();
    const error = errorOf(read);
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
