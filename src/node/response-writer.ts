import type { NodeServerResponse } from "./http-types.ts";

/** A part of Node's responses, of which each version of HTTP has a type of its own. */
interface ByteWriter {
  write(chunk: Uint8Array, onSent: (error?: Error | null) => void): boolean;
  end(chunk: Uint8Array, onSent: () => void): unknown;
}

/**
 * Writes the body of a response slice by slice, each when the one before was sent, and ends the response.
 *
 * @param contentLength - the length of the whole body, if it is known: a body of one slice ends the response with it
 * @throws Error where the client has disconnected, or the body fails
 */
export async function writeBody(
  response: NodeServerResponse,
  body: AsyncIterator<Uint8Array>,
  contentLength: string | null | undefined,
): Promise<void> {
  const release = (): void => void body.return?.();
  response.once("close", release);
  let chunk = await body.next();
  if (chunk.done !== true && String(chunk.value.length) === contentLength) {
    return void (response as ByteWriter).end(chunk.value, release);
  }
  for (; chunk.done !== true; chunk = await body.next()) await written(response, chunk.value);
  response.end();
}

/** Breaks off a response, so that what the client has not read is freed. */
export function resetResponse(response: NodeServerResponse): void {
  if ("stream" in response) response.stream.close(ENHANCE_YOUR_CALM);
  else response.socket?.destroy();
}

const ENHANCE_YOUR_CALM = 11;

function written(response: NodeServerResponse, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    // After an error of the connection only this is sure to follow.
    const onClose = (): void => reject(new Error("Client has disconnected"));
    response.once("close", onClose);
    (response as ByteWriter).write(chunk, (error) => {
      response.removeListener("close", onClose);
      if (error) reject(error);
      else resolve();
    });
  });
}
