// The server for polls, with the HTTP server of the runtime that runs this. It prints the port, and ends with its input.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { restListener } from "../../src/node/mod.ts";
import { fetch, server } from "./rest-app.ts";

interface Runtimes {
  readonly Deno?: {
    serve(options: object, handler: typeof fetch): { readonly addr: { readonly port: number } };
  };
  readonly Bun?: {
    serve(options: { readonly port: number; readonly hostname: string; readonly fetch: typeof fetch }): {
      readonly port: number;
    };
  };
}

const { Deno, Bun } = globalThis as Runtimes;
const local = { port: 0, hostname: "127.0.0.1" };

if (Deno !== undefined) console.log(Deno.serve({ ...local, onListen() {} }, fetch).addr.port);
else if (Bun !== undefined) console.log(Bun.serve({ ...local, fetch }).port);
else serveByNode();

process.stdin.on("end", () => process.exit(0)).resume();

function serveByNode(): void {
  const polls = restListener(server);
  const http = createServer((request, response) => {
    if (request.url !== "/publish") return polls(request, response);
    let body = "";
    request.setEncoding("utf8").on("data", (part) => body += part).on("end", async () => {
      await fetch(new Request("http://localhost/publish", { method: "POST", body }));
      response.end();
    });
  });
  http.listen(0, "127.0.0.1", () => console.log((http.address() as AddressInfo).port));
}
