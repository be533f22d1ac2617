import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { LineProcess } from "../matrix/line-process.ts";
import type { GoResult } from "./rules/violations.ts";

const SOURCE = join(import.meta.dirname, "validate-all");
const FOLDER = join(import.meta.dirname, "../../node_modules/.cache/ts-control-plane");
const BINARY = join(FOLDER, "validate-all");

/** An encoded message of a type, given by its full name. */
export interface Encoded {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** The code that protoc-gen-validate has made of Envoy's API for Go, in a process. */
export class GoValidator implements AsyncDisposable {
  readonly #process: LineProcess;

  /** Builds it, for which the Go tools fetch its modules; some minutes when they have not been compiled before. */
  constructor() {
    mkdirSync(FOLDER, { recursive: true });
    try {
      execFileSync("go", ["build", "-o", BINARY, "."], { cwd: SOURCE, stdio: ["ignore", "inherit", "inherit"] });
    } catch (cause) {
      const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
      throw new Error(missing ? "Cannot find Go: install it (1.26 or newer)" : "Cannot build the validator in Go", {
        cause,
      });
    }
    this.#process = new LineProcess([BINARY]);
  }

  /** @returns what each of the messages breaks */
  async validateAll(messages: readonly Encoded[]): Promise<readonly GoResult[]> {
    const command = {
      messages: messages.map(({ type, bytes }) => ({ type, value: Buffer.from(bytes).toString("base64") })),
    };
    return await this.#process.send(command) as GoResult[];
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
