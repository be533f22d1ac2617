import { readFileSync } from "node:fs";
import { type Profiler, Session } from "node:inspector";
import { fileURLToPath } from "node:url";

/**
 * Which bytes of the sources have run, by the precise coverage of V8, which counts blocks.
 *
 * Invariant: `#bytes` has one mark for each byte of a source that has run since this was started.
 */
export class Coverage implements Disposable {
  readonly #session = new Session();
  readonly #root: string;
  readonly #bytes = new Map<string, Uint8Array>();
  #covered = 0;

  /** @param root - the URL that the sources are under */
  constructor(root: string) {
    this.#root = root;
    this.#session.connect();
    this.#call("Profiler.enable");
    this.#call("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    this.take();
  }

  /** How many bytes have run. */
  get covered(): number {
    return this.#covered;
  }

  /** How many bytes the sources have that were loaded. */
  get total(): number {
    return [...this.#bytes.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** The share of the bytes of each folder that has run, highest first. */
  folders(): readonly { readonly folder: string; readonly share: number }[] {
    const sums = new Map<string, { covered: number; total: number }>();
    for (const [url, bytes] of this.#bytes) {
      const [folder = ""] = url.slice(this.#root.length).split("/");
      const { covered, total } = sums.get(folder) ?? { covered: 0, total: 0 };
      sums.set(folder, { covered: covered + bytes.reduce((sum, mark) => sum + mark, 0), total: total + bytes.length });
    }
    return [...sums].map(([folder, { covered, total }]) => ({ folder, share: covered / total }))
      .sort((a, b) => b.share - a.share);
  }

  /** Adds what has run since the last call. @returns how many bytes had not run before */
  take(): number {
    return this.#add(this.#read());
  }

  /** What has run since the last call, for {@link add}. */
  peek(): CoverageDelta {
    const scripts = this.#read();
    return { isNew: this.#isNew(scripts), add: () => this.#add(scripts) };
  }

  [Symbol.dispose](): void {
    this.#session.disconnect();
  }

  #read(): Profiler.ScriptCoverage[] {
    const { result } = this.#call("Profiler.takePreciseCoverage") as Profiler.TakePreciseCoverageReturnType;
    return result.filter(({ url }) => url.startsWith(this.#root));
  }

  #isNew(scripts: readonly Profiler.ScriptCoverage[]): boolean {
    return scripts.some((script) => {
      const known = wordsOf(this.#bytesOf(script.url));
      const marks = wordsOf(painted(script, known.byteLength));
      for (let at = 0; at < marks.length; at++) if ((marks[at]! & ~known[at]!) !== 0) return true;
      return false;
    });
  }

  #add(scripts: readonly Profiler.ScriptCoverage[]): number {
    let added = 0;
    for (const script of scripts) {
      const known = this.#bytesOf(script.url);
      const marks = painted(script, known.length);
      const [markWords, knownWords] = [wordsOf(marks), wordsOf(known)];
      for (let word = 0; word < markWords.length; word++) {
        if ((markWords[word]! & ~knownWords[word]!) === 0) continue;
        for (let at = 4 * word; at < 4 * word + 4; at++) added += marks[at]! & ~known[at]!;
        knownWords[word]! |= markWords[word]!;
      }
    }
    this.#covered += added;
    return added;
  }

  #bytesOf(url: string): Uint8Array {
    let bytes = this.#bytes.get(url);
    if (bytes === undefined) {
      bytes = new Uint8Array(4 * Math.ceil(readFileSync(fileURLToPath(url), "utf8").length / 4));
      this.#bytes.set(url, bytes);
    }
    return bytes;
  }

  #call(method: string, params: object = {}): unknown {
    let found: unknown;
    // Calls of a session in the same thread are synchronous, though they take a callback.
    this.#session.post(method as "Profiler.takePreciseCoverage", params as never, (error, result) => {
      if (error) throw error;
      found = result;
    });
    return found;
  }
}

/** What has run since a moment. */
export interface CoverageDelta {
  /** Whether any of it had not run before. */
  readonly isNew: boolean;
  add(): number;
}

/** Four marks at a time, of which most are the same. */
function wordsOf(marks: Uint8Array): Uint32Array {
  return new Uint32Array(marks.buffer);
}

/** Marks for the bytes of a script that have run: the ranges of a function lie within that of the function around it. */
function painted({ functions }: Profiler.ScriptCoverage, length: number): Uint8Array {
  const marks = new Uint8Array(length);
  for (const { ranges } of functions) {
    for (const { startOffset, endOffset, count } of ranges) marks.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  }
  return marks;
}
