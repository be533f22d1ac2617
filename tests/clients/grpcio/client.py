"""A client, and a server, of grpcio that read commands as lines of JSON, and print one line for each."""

import json
import sys
from concurrent import futures

import grpc

channels = {}
servers = []


def main():
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
    for server in servers:
        server.stop(None)


def run(command):
    do = command["do"]
    if do == "call":
        return call(command)
    if do == "close":
        channel = channels.pop(command["target"], None)
        if channel is not None:
            channel.close()
        return None
    if do == "serve":
        return serve(command["name"], f"127.0.0.1:{command['port']}")
    raise ValueError(f"unknown command {do!r}")


def call(command):
    """Makes calls one after the other, up to the first that fails, and counts the backends that responded."""
    target = command["target"]
    if target not in channels:
        channels[target] = grpc.insecure_channel(target)
    # Without serializers, bytes are passed on as they are.
    method = channels[target].unary_unary(command["method"])
    responses = {}
    for _ in range(command["count"]):
        try:
            name = method(b"", timeout=command["timeoutMs"] / 1000).decode()
        except grpc.RpcError as error:
            return {"responses": responses, "failure": f"{error.code().name}: {error.details()}"}
        responses[name] = responses.get(name, 0) + 1
    return {"responses": responses}


def serve(name, address):
    """Serves what the listener of this address says. Gives the port."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), xds=True)
    echo = grpc.unary_unary_rpc_method_handler(lambda request, context: name.encode())
    methods = {"Say": echo, "Other": echo}
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("echo.Echo", methods)])
    port = server.add_insecure_port(address)
    server.start()
    servers.append(server)
    return port


main()
