import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A package that is not published, as `npm pack` leaves it. */
export interface PackedPackage {
  /** The content of its package.json. */
  readonly manifest: { readonly name: string; readonly version: string };
  /** The path of the tarball. */
  readonly tarball: string;
}

/** A registry on loopback. */
export interface Registry extends AsyncDisposable {
  /** What clients of npm, Deno and Bun take for `npm_config_registry`. */
  readonly url: string;
}

/**
 * Serves one package as npm's registry would, so that the commands which install it run as they stand. Requests for all
 * other packages are redirected.
 *
 * @param elsewhere - the URL of the registry that has the other packages
 */
export async function serveRegistry({ manifest, tarball }: PackedPackage, elsewhere: string): Promise<Registry> {
  const bytes = readFileSync(tarball);
  const { name, version } = manifest;
  const server = createServer(({ url: path = "/" }, response) => {
    if (path === `/${name}`) return json(response, packument(url));
    if (path === `/${name}/-/${name}-${version}.tgz`) return void response.end(bytes);
    response.writeHead(302, { location: new URL(path, elsewhere).href }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function packument(url: string): object {
    const dist = {
      tarball: `${url}/${name}/-/${name}-${version}.tgz`,
      integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}`,
      shasum: createHash("sha1").update(bytes).digest("hex"),
    };
    return { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } };
  }
}

function json(response: ServerResponse, value: object): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(value));
}
