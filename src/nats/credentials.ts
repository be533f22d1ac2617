import { readFileSync } from "node:fs";
import {
  type Authenticator,
  credsAuthenticator,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "@nats-io/nats-core";

/**
 * How a client of NATS says what it is: the content of a credentials file (a JWT and its seed) or a seed of an nkey; a
 * token; a user and a password. Files are read at every connection, so that they can be replaced; where one cannot be
 * read then, what it had before is used.
 */
export type NatsCredentials =
  | string
  | Uint8Array
  | { readonly file: string }
  | { readonly token: string }
  | { readonly tokenFile: string }
  | { readonly user: string; readonly pass: string }
  | { readonly user: string; readonly passFile: string };

/**
 * Credentials as the client takes them. No error has any of their content.
 *
 * @throws Error where a file cannot be read, or has no credentials
 */
export function authenticatorOf(credentials: NatsCredentials): Authenticator {
  if (typeof credentials === "string") return signing(credentials);
  if (credentials instanceof Uint8Array) return signing(new TextDecoder().decode(credentials));
  if ("file" in credentials) return followed(credentials.file, signing);
  if ("token" in credentials) return tokenAuthenticator(credentials.token);
  if ("tokenFile" in credentials) {
    return followed(credentials.tokenFile, (text, where) => tokenAuthenticator(word(text, where)));
  }
  const { user } = credentials;
  if ("pass" in credentials) return usernamePasswordAuthenticator(user, credentials.pass);
  return followed(credentials.passFile, (text, where) => usernamePasswordAuthenticator(user, word(text, where)));
}

function signing(text: string, where = ""): Authenticator {
  const seed = /^S[A-Z2-7]{57}$/.exec(text.trim())?.[0];
  const bytes = new TextEncoder().encode(seed ?? text);
  const authenticator = seed === undefined ? credsAuthenticator(bytes) : nkeyAuthenticator(bytes);
  try {
    // The client would find out while it connects, and quotes what it cannot read.
    authenticator("nonce");
  } catch {
    const expected = "a JWT with its seed, as a credentials file has, or the seed of an nkey";
    throw new Error(`Cannot use the credentials${where}: expected ${expected}`);
  }
  return authenticator;
}

function word(text: string, where: string): string {
  const trimmed = text.trim();
  if (trimmed === "") throw new Error(`Cannot use the credentials${where}: there are none`);
  return trimmed;
}

function followed(file: string, authenticatorOf: (text: string, where: string) => Authenticator): Authenticator {
  const where = ` in ${file}`;
  let latest = authenticatorOf(readText(file), where);
  return (nonce) => {
    try {
      latest = authenticatorOf(readFileSync(file, "utf8"), where);
    } catch {
      // It is about to be replaced.
    }
    return latest(nonce);
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(
      `Cannot read the credentials in ${file}: ${code === "ENOENT" ? "it does not exist" : code ?? message}`,
    );
  }
}
