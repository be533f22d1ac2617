// Set up for all tests: `toEqual` compares all that is sent of two resources. Its own way sees their public fields, which
// is the name alone.
import { expect } from "vitest";
import { haveEqualRecords, Resource } from "../src/resource/mod.ts";

expect.addEqualityTesters([
  (a: unknown, b: unknown) => {
    if (!(a instanceof Resource && b instanceof Resource)) return undefined;
    return a === b || haveEqualRecords(a, b);
  },
]);
