import { get } from "../demo/get.ts";

/** Requests at a steady rate, and how many of them had no response with status 200. */
export class Traffic {
  sent = 0;
  failed = 0;
  readonly #urls: readonly string[];
  readonly #timer: NodeJS.Timeout;
  readonly #underWay = new Set<Promise<void>>();

  /** Begins at once. */
  constructor(urls: readonly string[], perSecond: number) {
    this.#urls = urls;
    this.#timer = setInterval(() => this.#send(), 1_000 / perSecond);
  }

  /** Ends, and waits for the responses. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
  }

  #send(): void {
    const url = this.#urls[this.sent++ % this.#urls.length]!;
    const request = get(url).then(({ status }) => {
      if (status !== 200) this.failed++;
    }, () => void this.failed++).finally(() => this.#underWay.delete(request));
    this.#underWay.add(request);
  }
}
