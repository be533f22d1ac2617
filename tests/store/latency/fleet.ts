import { Snapshot } from "../../../mod.ts";
import { CLUSTER_TYPE } from "../../../src/v3/mod.ts";
import { LineProcess } from "../../matrix/line-process.ts";
import { marked } from "../faults/marked.ts";

/** When the clients had a publication, in microseconds after it began. */
export interface Arrival {
  /** Half of them. */
  readonly p50Us: number;
  readonly lastUs: number;
}

/** Clients in a process of their own, each with a connection and one stream (delta, ADS). */
export class Fleet implements AsyncDisposable {
  readonly #process: LineProcess;
  readonly #streams: number;

  private constructor(program: string, streams: number) {
    this.#process = new LineProcess([program]);
    this.#streams = streams;
  }

  /** @param program - that of `bench/load` */
  static async open(program: string, { port, streams }: { readonly port: number; readonly streams: number }) {
    const fleet = new Fleet(program, streams);
    const what = { Port: port, Streams: streams, PerConnection: 1, Delta: true, TypeURL: CLUSTER_TYPE };
    await fleet.#ask({ Do: "open", ...what });
    return fleet;
  }

  /** Waits until all have the publication of a mark. */
  reaches(mark: number, sinceUs: number): Promise<Arrival> {
    const version = new Snapshot({ resources: marked({ mark, size: 5 }) }).version(CLUSTER_TYPE);
    return this.#ask({ Do: "await", Version: version, Reached: this.#streams, SinceUs: sinceUs, TimeoutMs: 30_000 });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#process.stop();
  }

  async #ask<T>(command: object): Promise<T> {
    const result = await this.#process.send(command) as T & { readonly error?: string };
    if (result.error !== undefined) throw new Error(`The clients: ${result.error}`);
    return result;
  }
}
