/**
 * Tests for caches of your own: the contract of a cache for any test runner, and a client without a network.
 *
 * @module
 */
export type { Ability, CacheUnderTest, Publication, TestType } from "./cache-under-test.ts";
export { FakeClient, type FakeClientOptions } from "./fake-client.ts";
export type { FakeRequest, NodeInit } from "./fake-request.ts";
export { ContractViolation } from "./contract-violation.ts";
export { testCache, type TestCacheOptions, type TestRunner } from "./test-cache.ts";
export type { EngineUnderTest } from "./engine-under-test.ts";
export { testEngine, type TestEngineOptions } from "./test-engine.ts";
// Symbols below are those of the store that an engine uses.
export { type Engine, type EngineEvent, type EngineWatchOptions, type Entry, RevisionConflict } from "../store/mod.ts";
