"""A client, and a server, of grpcio that read commands as lines of JSON, and print one line for each."""

import json
import sys
from concurrent import futures

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

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
    if do == "describe":
        return describe(command)
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


def describe(command):
    """Asks for the health of a service, and for the descriptors of it and of a message."""
    with grpc.insecure_channel(command["target"]) as channel:
        request = health_pb2.HealthCheckRequest(service=command["service"])
        response = health_pb2_grpc.HealthStub(channel).Check(request, timeout=command["timeoutMs"] / 1000)
        database = ProtoReflectionDescriptorDatabase(channel)
        # A pool of its own takes a file only with all that it imports.
        pool = DescriptorPool(database)
        return {
            "health": health_pb2.HealthCheckResponse.ServingStatus.Name(response.status),
            "services": list(database.get_services()),
            "methods": [method.name for method in pool.FindServiceByName(command["service"]).methods],
            "fields": len(pool.FindMessageTypeByName(command["message"]).fields),
        }


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
