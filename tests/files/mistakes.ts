/** A mistake in a document, and the whole text of the error. */
export interface Mistake {
  readonly title: string;
  /** YAML; a mistake in JSON begins with a brace. */
  readonly text: string;
  readonly says: string;
}

const CLUSTER = '"@type": type.googleapis.com/envoy.config.cluster.v3.Cluster';
const SECRET = '"@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret';
const LISTENER = '"@type": type.googleapis.com/envoy.config.listener.v3.Listener';

/** A cluster with a line of its own. */
function cluster(line: string): string {
  return `${CLUSTER}\nname: a\n${line}\n`;
}

/** A secret whose private key is this. */
function key(value: string): string {
  return `${SECRET}\nname: s\ntls_certificate: { private_key: ${value} }\n`;
}

export const MISTAKES: readonly Mistake[] = [
  {
    title: "an unknown field",
    text: cluster("conect_timeout: 1s"),
    says:
      'x:3:1 conect_timeout: Unknown field "conect_timeout" of envoy.config.cluster.v3.Cluster; did you mean "connect_timeout"?',
  },
  {
    title: "an unknown field that is like no other",
    text: cluster("frobnicate: 1s"),
    says: 'x:3:1 frobnicate: Unknown field "frobnicate" of envoy.config.cluster.v3.Cluster',
  },
  {
    title: "a field with a capital",
    text: cluster("ConnectTimeout: 1s"),
    says:
      'x:3:1 ConnectTimeout: Unknown field "ConnectTimeout" of envoy.config.cluster.v3.Cluster; did you mean "connect_timeout"?',
  },
  {
    title: "a field in both spellings",
    text: cluster("connectTimeout: 1s\nconnect_timeout: 2s"),
    says: 'x:4:1 connect_timeout: The field is there as "connectTimeout" as well',
  },
  {
    title: "a field twice",
    text: cluster("name: b"),
    says: "x:3:1 name: The key is there twice, and Envoy takes the last",
  },
  {
    title: "two members of a oneof",
    text: cluster("type: EDS\ncluster_type: { name: x }"),
    says: 'x:4:1 cluster_type: Only one of this and "type" may be there',
  },
  {
    title: "a duration in milliseconds",
    text: cluster("connect_timeout: 500ms"),
    says: 'x:3:18 connect_timeout: Expected a duration in seconds, such as "0.25s"; write "0.5s"',
  },
  {
    title: "a duration without a unit",
    text: cluster("connect_timeout: 5"),
    says: 'x:3:18 connect_timeout: Expected a duration in seconds, such as "0.25s", not a number; write "5s"',
  },
  {
    title: "a duration in minutes",
    text: cluster("connect_timeout: 2m"),
    says: 'x:3:18 connect_timeout: Expected a duration in seconds, such as "0.25s"; write "120s"',
  },
  {
    title: "a value that an enum does not have",
    text: cluster("type: STRICT_DSN"),
    says:
      'x:3:7 type: Unknown value "STRICT_DSN", expected one of STATIC, STRICT_DNS, LOGICAL_DNS, EDS, ORIGINAL_DST; did you mean "STRICT_DNS"?',
  },
  {
    title: "the begin of a value of an enum",
    text: cluster("type: strict"),
    says:
      'x:3:7 type: Unknown value "strict", expected one of STATIC, STRICT_DNS, LOGICAL_DNS, EDS, ORIGINAL_DST; did you mean "STRICT_DNS"?',
  },
  {
    title: "a list for an enum",
    text: cluster("type: [EDS]"),
    says: "x:3:7 type: Expected one of STATIC, STRICT_DNS, LOGICAL_DNS, EDS, ORIGINAL_DST, not a list",
  },
  {
    title: "a number for a string",
    text: cluster("alt_stat_name: 5"),
    says: "x:3:16 alt_stat_name: Expected a string, not a number; put it in quotes",
  },
  {
    title: "a word of YAML 1.1 that is a boolean, for a string",
    text: cluster("alt_stat_name: on"),
    says: "x:3:16 alt_stat_name: Expected a string, not a boolean; put it in quotes",
  },
  {
    title: "an object for a string",
    text: cluster("alt_stat_name: { a: b }"),
    says: "x:3:16 alt_stat_name: Expected a string, not an object",
  },
  {
    title: "a string for a boolean",
    text: cluster('ignore_health_on_host_removal: "on"'),
    says: "x:3:32 ignore_health_on_host_removal: Expected true or false, not a string",
  },
  {
    title: "a negative number",
    text: cluster("per_connection_buffer_limit_bytes: -1"),
    says: "x:3:36 per_connection_buffer_limit_bytes: Expected an integer from 0 to 4294967295",
  },
  {
    title: "a unit for an integer",
    text: cluster("per_connection_buffer_limit_bytes: 32k"),
    says: "x:3:36 per_connection_buffer_limit_bytes: Expected an integer from 0 to 4294967295, not a string",
  },
  {
    title: "a string for a message",
    text: cluster("load_assignment: b"),
    says: "x:3:18 load_assignment: Expected an object of envoy.config.endpoint.v3.ClusterLoadAssignment, not a string",
  },
  {
    title: "a list for a map",
    text: cluster("typed_extension_protocol_options: [1]"),
    says: "x:3:35 typed_extension_protocol_options: Expected an object, not a list",
  },
  {
    title: "nothing for an item of a list",
    text: cluster("health_checks:\n-"),
    says: "x:4:2 health_checks[0]: Expected an object of envoy.config.core.v3.HealthCheck, not null",
  },
  {
    title: "a type with a typo, far down",
    text:
      `${LISTENER}\nname: l\nfilter_chains:\n- filters:\n  - name: t\n    typed_config:\n      "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxi.v3.TcpProxy\n`,
    says:
      'x:7:16 filter_chains[0].filters[0].typed_config: Unknown type "envoy.extensions.filters.network.tcp_proxi.v3.TcpProxy"; did you mean "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy"?',
  },
  {
    title: "a type of v2",
    text: '"@type": type.googleapis.com/envoy.api.v2.Cluster\nname: a\n',
    says: 'x:1:10: Unknown type "envoy.api.v2.Cluster"; the type of today is "envoy.config.cluster.v3.Cluster"',
  },
  {
    title: "a type of another program",
    text: '"@type": type.googleapis.com/acme.Filter\nname: a\n',
    says: 'x:1:10: Unknown type "acme.Filter"; give a type of your own in the option types',
  },
  {
    title: "a type without a prefix",
    text: '"@type": envoy.config.cluster.v3.Cluster\nname: a\n',
    says: 'x:1:10: "@type" has no slash; write "type.googleapis.com/envoy.config.cluster.v3.Cluster"',
  },
  {
    title: "an Any without a type",
    text: cluster("transport_socket:\n  typed_config: { name: t }"),
    says:
      'x:4:17 transport_socket.typed_config: Expected "@type", since the object may be of any type; add it, as in "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster"',
  },
  {
    title: "a type where the field has one",
    text: cluster(`load_assignment:\n  "@type": type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment`),
    says:
      'x:4:3 load_assignment["@type"]: Unknown field "@type" of envoy.config.endpoint.v3.ClusterLoadAssignment; only an Any has a type of its own',
  },
  {
    title: "a resource without a name",
    text: `${CLUSTER}\nconnect_timeout: 1s\n`,
    says: "x:1:1: Cannot name a resource of type envoy.config.cluster.v3.Cluster: set its field name",
  },
  {
    title: "a document of another program",
    text: "apiVersion: v1\nkind: ConfigMap\n",
    says: 'x:1:1: Expected a resource with "@type", a list of these, "resources", a bootstrap or a config dump',
  },
  {
    title: "a key of a bootstrap with a typo",
    text: "static_resource:\n  clusters: []\n",
    says:
      'x:1:1: Expected a resource with "@type", a list of these, "resources", a bootstrap or a config dump; did you mean "static_resources"?',
  },
  {
    title: "a key beside the resources",
    text: "resources: []\nversion: 1\n",
    says: 'x:2:1 version: Unknown key beside the resources; did you mean "version_info"?',
  },
  {
    title: "a merge key",
    text: cluster("<<: { alt_stat_name: b }"),
    says: 'x:3:1 ["<<"]: Envoy does not know merge keys; write the fields themselves',
  },
  {
    title: "an alias without its anchor",
    text: cluster("alt_stat_name: *b"),
    says: "x:3:16 alt_stat_name: An alias must stand for what was written before it",
  },
  {
    title: "a tag",
    text: cluster("alt_stat_name: !vault abc"),
    says: "x:3:23 alt_stat_name: Envoy does not know tags such as !vault",
  },
  {
    title: "a list that does not end",
    text: cluster("health_checks: [\nname: b"),
    says: "x:4:1: Not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
  },
  {
    title: "a comma too many in JSON",
    text: '{\n  "resources": [],\n}\n',
    says: 'x:3:1: Expected a key in double quotes, or "}"',
  },
  {
    title: "a key of JSON twice",
    text: '{ "resources": [],\n  "resources": [] }',
    says: "x:2:3 resources: The key is there twice",
  },
  {
    title: "a value that a dump of an Envoy has in place of a secret",
    text: key('{ inline_bytes: "W3JlZGFjdGVkXQ==" }'),
    says:
      "x:3:49 tls_certificate.private_key.inline_bytes: The value is redacted, as Envoy does it in dumps; give the value itself, or leave the resource out",
  },
  {
    title: "a number for a private key, which is not shown",
    text: key("{ inline_string: 1234567890 }"),
    says: "x:3:50 tls_certificate.private_key.inline_string: Expected a string, not a number; put it in quotes",
  },
  {
    title: "a text for bytes of a private key, which is not shown",
    text: key("{ inline_bytes: hunter 2 }"),
    says:
      "x:3:49 tls_certificate.private_key.inline_bytes: Expected a string of base64; a text goes into a field such as inline_string",
  },
  {
    title: "a private key without its field, which is not shown",
    text: key("hunter2"),
    says: "x:3:33 tls_certificate.private_key: Expected an object of envoy.config.core.v3.DataSource, not a string",
  },
  {
    title: "a private key as a key, which is not shown",
    text: key("{ hunter2: }"),
    says: 'x:3:35 tls_certificate.private_key["…"]: Unknown field of envoy.config.core.v3.DataSource',
  },
];
