import { setTimeout as sleep } from "node:timers/promises";
import type { NatsStore } from "../../src/nats/mod.ts";
import { routes } from "../server/config.ts";

/** Publishes a version of the routes after another. */
export class Writer {
  acknowledged = 1;
  refused = 0;
  readonly #store: NatsStore;
  readonly #running: Promise<void>;
  #isOver = false;

  constructor(store: NatsStore) {
    this.#store = store;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let version = 2; !this.#isOver;) {
      try {
        await this.#store.update("fleet", { update: [routes(`${version}`)] });
        this.acknowledged = version++;
      } catch {
        this.refused++;
      }
      await sleep(100);
    }
  }
}
