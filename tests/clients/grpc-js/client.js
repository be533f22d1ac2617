// A client, and a server, of grpc-js that read commands as lines of JSON, and print one line for each.
import process from "node:process";
import { createInterface } from "node:readline";
import { Client, credentials, ServerCredentials, status } from "@grpc/grpc-js";
import { register, XdsServer } from "@grpc/grpc-js-xds";

register();
const clients = new Map();

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await run(JSON.parse(line)) ?? null));
}
process.exit(0);

function run(command) {
  switch (command.do) {
    case "call":
      return call(command);
    case "close":
      clients.get(command.target)?.close();
      clients.delete(command.target);
      return;
    case "serve":
      return serve(command);
    default:
      throw new Error(`unknown command "${command.do}"`);
  }
}

/** Makes calls one after the other, up to the first that fails, and counts the backends that responded. */
async function call({ target, method, count, timeoutMs }) {
  let client = clients.get(target);
  if (client === undefined) clients.set(target, client = new Client(target, credentials.createInsecure()));
  const responses = {};
  for (let i = 0; i < count; i++) {
    const { error, name } = await callOnce(client, method, timeoutMs);
    if (error) return { responses, failure: `${status[error.code]}: ${error.details}` };
    responses[name] = (responses[name] ?? 0) + 1;
  }
  return { responses };
}

function callOnce(client, method, timeoutMs) {
  const options = { deadline: Date.now() + timeoutMs };
  return new Promise((resolve) => {
    client.makeUnaryRequest(method, pass, pass, Buffer.alloc(0), options, (error, response) => {
      resolve({ error, name: response?.toString() });
    });
  });
}

/** Serves what the listener of this address says. Gives the port. */
function serve({ name, port }) {
  const server = new XdsServer();
  const echo = (_call, respond) => respond(null, Buffer.from(name));
  const method = (path) => ({
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: pass,
    requestDeserialize: pass,
    responseSerialize: pass,
    responseDeserialize: pass,
  });
  const service = { Say: method("/echo.Echo/Say"), Other: method("/echo.Echo/Other") };
  server.addService(service, { Say: echo, Other: echo });
  const address = `127.0.0.1:${port}`;
  // It is bound once there is a listener.
  server.bindAsync(address, ServerCredentials.createInsecure(), (error) => {
    if (error) throw error;
  });
  return port;
}

function pass(bytes) {
  return bytes;
}
