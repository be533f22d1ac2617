import { describe, expect, it } from "vitest";
import { RejectionReason } from "../../src/stream/mod.ts";

const NAMES = ["a", "b-1", "c.d:80", 'with "quotes"', "xdstp://x/t/n?a=1", "ü"];

/** Reasons as clients write them. */
const REASONS = [
  {
    client: "Envoy, clusters that cannot be built",
    text: "Error adding/updating cluster(s) b-1: cannot use it, at all: no, c.d:80: PEM missing",
    certain: ["b-1", "c.d:80"],
  },
  {
    client: "Envoy, a listener",
    text: "Error adding/updating listener(s) a: error adding listener: 'a' has duplicate address '127.0.0.1:80'\n",
    certain: ["a"],
  },
  {
    client: "Envoy, a rule of the API",
    text: 'goo.gle/debugonly  name: "b-1" connect_timeout { } transport_socket { name: "a" }: ' +
      "Proto constraint validation failed (ClusterValidationError.ConnectTimeout: value must be greater than 0s)",
    certain: ["b-1"],
    message:
      "Proto constraint validation failed (ClusterValidationError.ConnectTimeout: value must be greater than 0s)",
  },
  {
    client: "Envoy, a rule of the API, of an assignment",
    text: 'goo.gle/debugstr\ncluster_name: "with \\"quotes\\""\n: Proto constraint validation failed (X: y)',
    certain: ['with "quotes"'],
    message: "Proto constraint validation failed (X: y)",
  },
  {
    client: "Envoy, a name that is not ASCII",
    text: 'goo.gle/debugstr name: "\\303\\274": Proto constraint validation failed (X: (y))',
    certain: ["ü"],
    message: "Proto constraint validation failed (X: (y))",
  },
  {
    client: "Envoy, a domain twice",
    text: "Only unique values for domains are permitted. Duplicate entry of domain c.d:80 in route a",
    certain: ["a"],
  },
  {
    client: "grpc-go, two",
    text:
      'error parsing "ClusterResource" response: resource "b-1": unsupported cluster type (ORIGINAL_DST, <nil>) in response: ' +
      'name:"b-1" type:ORIGINAL_DST;\nresource "c.d:80": unsupported cluster type (ORIGINAL_DST, <nil>) in response: name:"x"',
    certain: ["b-1", "c.d:80"],
  },
  {
    client: "grpc-go, routes",
    text: 'error parsing "RouteConfigResource" response: resource "a": received route is invalid: route match:{} ' +
      'route:{cluster:"b-1"} doesn\'t have a path specifier',
    certain: ["a"],
    message: 'error parsing "RouteConfigResource" response: resource "a": received route is invalid: ' +
      "route match:{[redacted]} route:{[redacted]} doesn't have a path specifier",
  },
  {
    client: "grpc-java, two",
    text: "EDS response ClusterLoadAssignment 'b-1' validation error: ClusterLoadAssignment has sparse priorities\n" +
      "EDS response ClusterLoadAssignment 'a' validation error: ClusterLoadAssignment has sparse priorities",
    certain: ["b-1", "a"],
  },
  {
    client: "gRPC C core, endpoints",
    text: "xDS response validation errors: [resource index 1: b-1: INVALID_ARGUMENT: errors parsing EDS resource: " +
      "[field:endpoints[0].priority error:priority 1 >= number of localities (1)]; resource index 2: c.d:80: " +
      "INVALID_ARGUMENT: errors parsing EDS resource: [field:endpoints[0].priority error:no]]",
    certain: ["b-1", "c.d:80"],
  },
  {
    client: "grpc-js, routes",
    text: "xDS response validation errors: [resource index 1: RouteConfiguration message validation failed: " +
      "[virtual_hosts[all].routes[].match: no path_specifier set]; resource index 4: RouteConfiguration message " +
      "validation failed: [virtual_hosts[all].routes[].match: no path_specifier set]]",
    certain: ["b-1", "xdstp://x/t/n?a=1"],
  },
  {
    client: "grpc-go",
    text: 'error parsing "type.googleapis.com/x" response: 1 resource failed: resource "xdstp://x/t/n?a=1": no;\n',
    certain: ["xdstp://x/t/n?a=1"],
  },
  {
    client: "grpc-java",
    text: "CDS response Cluster 'b-1' validation error: Cluster b-1: unsupported type of a",
    certain: ["b-1"],
  },
  {
    client: "gRPC C core",
    text: "xDS response validation errors: [resource index 1: b-1: INVALID_ARGUMENT: errors; resource index 0: a: no]",
    certain: ["b-1", "a"],
  },
  {
    client: "Envoy, clusters beside which a good one is mentioned",
    text:
      "Error adding/updating cluster(s) a: goo.gle/debugstr  \ncommon_tls_context {\n  tls_certificate_sds_secret_configs {\n" +
      '    name: "b-1"\n  }\n}\n: Proto constraint validation failed (UpstreamTlsContextValidationError.Sni: too long), ' +
      'c.d:80: Unable to unpack as envoy.x.UpstreamTlsContext: goo.gle/debugproto \ntype_url: "x"\n',
    certain: ["a", "c.d:80"],
    message: "Proto constraint validation failed (UpstreamTlsContextValidationError.Sni: too long)",
  },
  {
    client: "Envoy, listeners, each in a line",
    text: "Error adding/updating listener(s) a: cannot bind '127.0.0.1:80': Address already in use\n" +
      "c.d:80: malformed IP address: nowhere\n",
    certain: ["a", "c.d:80"],
  },
  {
    client: "Envoy, the rule before the resource",
    text: 'Proto constraint validation failed (ClusterValidationError.ConnectTimeout: ["no"]): name: "b-1" type: EDS',
    certain: ["b-1"],
    message: 'Proto constraint validation failed (ClusterValidationError.ConnectTimeout: ["no"])',
  },
  {
    client: "Envoy, a rule of the API that a message inside of a resource breaks",
    text: 'goo.gle/debugproto  \nname: "a"\n: Proto constraint validation failed (HttpFilterValidationError.Name: no)',
    likely: ["a"],
    message: "Proto constraint validation failed (HttpFilterValidationError.Name: no)",
  },
  {
    client: "Envoy, a resource without a name",
    text: 'goo.gle/debugproto  \nload_assignment {\n  endpoints {\n  name: "a"\n  }\n}\n' +
      ": Proto constraint validation failed (ClusterValidationError.Name: value length must be at least 1 characters)",
    likely: ["a"],
    message:
      "Proto constraint validation failed (ClusterValidationError.Name: value length must be at least 1 characters)",
  },
  {
    client: "Envoy, all domains twice",
    text: "Only a single wildcard domain is permitted in route b-1",
    certain: ["b-1"],
  },
  { client: "Envoy, an address", text: "malformed IP address: nowhere. Consider setting resolver_name" },
  { client: "Envoy, a regular expression", text: "missing ): (" },
  { client: "Envoy, a certificate", text: "Failed to load trusted CA certificates from <inline>" },
  { client: "Envoy, a route", text: "route: unknown cluster 'nowhere'" },
  {
    client: "Envoy, a filter",
    text: "Error: filter config has type URL envoy.x.Router but expect envoy.x.RBAC.",
  },
  {
    client: "grpc-js",
    text: "xDS response validation errors: [resource index 1: Unsupported cluster type; resource index 2: no, at all]",
    certain: ["b-1", "c.d:80"],
  },
  {
    client: "grpc-js, an index that was not sent",
    text: "xDS response validation errors: [resource index 99: no]",
  },
  { client: "another client", text: 'cannot use "b-1", since it is bad', likely: ["b-1"] },
  { client: "another client, without quotes", text: "b-1: no (in c.d:80)", likely: ["b-1", "c.d:80"] },
  { client: "a client that names what was not sent", text: 'resource "z": no' },
  { client: "a client without a reason", text: "" },
];

describe("the reason of a NACK", () => {
  it.each(REASONS)("names resources: $client", ({ text, certain = [], likely = [], message = text }) => {
    const reason = new RejectionReason(13, text);
    expect(reason.culprits(NAMES)).toEqual({ certain, likely });
    expect(reason.message).toBe(message);
  });

  it.each([
    { title: "a dump", text: 'goo.gle/debugonly name: "s" tls_certificate { private_key { inline_string: "KEY" } }' },
    {
      title: "a dump with the rule before it",
      text: 'Proto constraint validation failed (A: b): name: "s" inline_string: "KEY"',
    },
    { title: "a dump within other words", text: 'Error adding x: goo.gle/debugstr inline_bytes: "KEY"' },
    { title: "a dump that was cut off", text: 'goo.gle/debugonly name: "s" inline_string: "KEY' },
    { title: "PEM", text: "cannot parse -----BEGIN PRIVATE KEY-----\nKEY\n-----END PRIVATE KEY----- at all" },
    { title: "PEM that was cut off", text: "cannot parse -----BEGIN RSA PRIVATE KEY-----\nKEY" },
    { title: "a field in protobuf's text", text: 'bad secret { inline_string: "a \\" KEY" } in it' },
    { title: "a field in JSON", text: '{"privateKey": "KEY", "name": 1}' },
    { title: "a field without quotes", text: "password=KEY is wrong" },
    { title: "a header", text: "authorization: KEY" },
  ])("has nothing of a key: $title", ({ text }) => {
    const reason = new RejectionReason(13, text);
    expect(reason.message).not.toContain("KEY");
    expect(JSON.stringify(reason)).not.toContain("KEY");
  });
});
