import type { Engine } from "../store/mod.ts";

/** An engine to test: a store of its own, without values. */
export interface EngineUnderTest {
  /** A connection to the store. */
  readonly engine: Engine;
  /** Opens another connection to the same store, as another process would; an engine within a process gives itself. */
  connect(): Engine | Promise<Engine>;
  /** Removes the store; called after its connections were closed. Default: nothing. */
  close?(): void | Promise<void>;
}
