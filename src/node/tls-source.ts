import { readFile } from "node:fs/promises";
import { onRejection, readableError } from "../server/mod.ts";
import { pemText } from "./pem.ts";
import type { TlsFiles, TlsLoader, TlsOptions } from "./listen-options.ts";

/** The part of a secure server that takes new certificates. */
export interface SecureServer {
  setSecureContext?(options: object): void;
  once(event: "close", listener: () => void): unknown;
}

/** The certificates of a listener, loaded and loaded again. */
export class TlsSource {
  readonly #source: Required<TlsLoader>;
  readonly #isReloadable: boolean;
  #current: TlsOptions;
  #server: SecureServer | undefined = undefined;
  #lastError = "";

  /** @throws Error where the certificates cannot be loaded */
  static async load(tls: TlsOptions | TlsFiles | TlsLoader): Promise<TlsSource> {
    const loader = loaderOf(tls);
    return new TlsSource(loader, await loader.load(), !isFixed(tls));
  }

  private constructor(source: Required<TlsLoader>, current: TlsOptions, isReloadable: boolean) {
    this.#source = source;
    this.#current = current;
    this.#isReloadable = isReloadable;
  }

  /** What is loaded. */
  get current(): TlsOptions {
    return this.#current;
  }

  /** Options of a secure server. */
  get options(): object {
    const { ca } = this.#current;
    const shared = { ...contextOf(this.#current), allowHTTP1: false, ALPNProtocols: ["h2"] };
    return ca === undefined ? shared : { ...shared, requestCert: true, rejectUnauthorized: true };
  }

  /** Keeps the certificates of a server up to date until it closes. */
  follow(server: SecureServer): void {
    this.#server = server;
    let isLoading = false;
    let missed = 0;
    const tick = async (): Promise<void> => {
      // A store that does not respond is not to be asked again and again.
      if (isLoading) {
        if (++missed === MAX_MISSED) this.#report(new Error("Cannot reload certificates: the last load has not ended"));
        return;
      }
      missed = 0;
      isLoading = true;
      await this.#tryReload();
      isLoading = false;
    };
    if (!this.#isReloadable || this.#source.reloadMs > MAX_TIMER_MS) return;
    const timer = setInterval(() => void tick(), this.#source.reloadMs).unref();
    server.once("close", () => clearInterval(timer));
  }

  /**
   * Loads the certificates again, for connections that are made from now on; open ones stay.
   *
   * @throws Error where they cannot be loaded or do not match: the former ones stay in use
   */
  async reload(): Promise<void> {
    const next = await this.#source.load();
    if (isSame(next, this.#current)) return;
    if (this.#server?.setSecureContext === undefined) {
      throw new Error("Cannot reload certificates: this runtime does not support it");
    }
    if ((next.ca === undefined) !== (this.#current.ca === undefined)) {
      throw new Error("Cannot reload certificates: ca cannot be added or removed while the server runs");
    }
    this.#server.setSecureContext(contextOf(next));
    this.#current = next;
  }

  /** Never rejects. */
  async #tryReload(): Promise<void> {
    try {
      await this.reload();
      this.#lastError = "";
    } catch (error) {
      this.#report(readableError(error));
    }
  }

  /** The same problem is reported once, not each time. */
  #report(error: NonNullable<unknown>): void {
    const text = String(error);
    if (text === this.#lastError) return;
    this.#lastError = text;
    const onFailure = (reason: unknown): void => reportError(readableError(reason));
    try {
      onRejection(this.#source.onReloadError(error), onFailure);
    } catch (reason) {
      onFailure(reason);
    }
  }
}

/** One load may take so many times as long as the time between two. */
const MAX_MISSED = 10;

/** The longest that a timer can hold. */
const MAX_TIMER_MS = 2 ** 31 - 1;

function loaderOf(tls: TlsOptions | TlsFiles | TlsLoader): Required<TlsLoader> {
  const { reloadMs = 60_000, onReloadError = reportError } = tls as Partial<TlsLoader>;
  if ("load" in tls) return { load: () => tls.load(), reloadMs, onReloadError };
  if (isFixed(tls)) return { load: () => tls, reloadMs, onReloadError };
  return { load: () => readFiles(tls), reloadMs, onReloadError };
}

function isFixed(tls: TlsOptions | TlsFiles | TlsLoader): tls is TlsOptions {
  return "key" in tls || "cert" in tls;
}

async function readFiles({ keyFile, certFile, caFile }: TlsFiles): Promise<TlsOptions> {
  if (keyFile === undefined || certFile === undefined) {
    throw new TypeError("Cannot use tls: give keyFile and certFile, or key and cert");
  }
  const [key, cert, ca] = await Promise.all([
    readFile(keyFile, "utf8"),
    readFile(certFile, "utf8"),
    caFile === undefined ? undefined : readFile(caFile, "utf8"),
  ]);
  return { key, cert, ...ca !== undefined && { ca } };
}

function contextOf({ key, cert, ca }: TlsOptions): object {
  return { key: pemText(key), cert: pemText(cert), ...ca !== undefined && { ca: pemText(ca) }, minVersion: "TLSv1.2" };
}

function isSame(a: TlsOptions, b: TlsOptions): boolean {
  return pemText(a.key) === pemText(b.key) && pemText(a.cert) === pemText(b.cert) &&
    pemText(a.ca ?? "") === pemText(b.ca ?? "");
}

function reportError(error: unknown): void {
  console.error("Cannot reload the certificates of the server; the former ones stay in use", error);
}
