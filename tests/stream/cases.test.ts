import { describe, it } from "vitest";
import { CASES_BY_TOPIC } from "./cases.ts";

describe.each(Object.entries(CASES_BY_TOPIC))("%s", (_topic, cases) => {
  it.each(cases)("%s", (_name, run) => run());
});
