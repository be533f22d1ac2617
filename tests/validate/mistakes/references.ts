import { edgeManagerOf, hostOf, inlineManagerOf, mistakes } from "./mistake.ts";

export const REFERENCES = mistakes({
  "reference: route over RDS to an unknown cluster": (config) => hostOf(config).routes[4].route.cluster = "wbe",
  "reference: the same with validate_clusters": (config) => {
    hostOf(config).routes[4].route.cluster = "wbe";
    config.routes["web"].validate_clusters = true;
  },
  "reference: weighted route over RDS to an unknown cluster": (config) =>
    hostOf(config).routes[2].route.weighted_clusters.clusters[1].name = "apy",
  "reference: requests mirrored to an unknown cluster": (config) =>
    hostOf(config).routes[3].route.request_mirror_policies[0].cluster = "locla",
  "reference: inline route to an unknown cluster": (config) =>
    inlineManagerOf(config).route_config.virtual_hosts[0].routes[0].route.cluster = "apy",
  "reference: inline weighted route to an unknown cluster": (config) =>
    inlineManagerOf(config).route_config.virtual_hosts[0].routes[0].route = {
      weighted_clusters: { clusters: [{ name: "api", weight: 1 }, { name: "apy", weight: 1 }] },
    },
  "reference: inline route without validate_clusters": (config) => {
    const { route_config } = inlineManagerOf(config);
    route_config.virtual_hosts[0].routes[0].route.cluster = "apy";
    route_config.validate_clusters = false;
  },
  "reference: TCP proxy to an unknown cluster": ({ listeners }) =>
    listeners["tcp"].filter_chains[0].filters[1].typed_config.weighted_clusters.clusters[0].name = "locla",
  "reference: cluster without its endpoints": ({ endpoints }) => delete endpoints["web"],
  "reference: endpoints by the name of the cluster, not of the service": ({ endpoints }) => {
    endpoints["api"] = { ...endpoints["api-v2"], cluster_name: "api" };
    delete endpoints["api-v2"];
  },
  "reference: listener without its routes": (config) => edgeManagerOf(config).rds.route_config_name = "wbe",
  "reference: listener without a name of routes": (config) => edgeManagerOf(config).rds.route_config_name = "",
  "reference: RDS without a source": (config) => delete edgeManagerOf(config).rds.config_source,
  "reference: scope without its routes": ({ routes }) => delete routes["blue"],
  "reference: scope without a name of routes": ({ scopes }) => delete scopes["s1"].route_configuration_name,
  "reference: server without its certificate": ({ secrets }) => delete secrets["server-cert"],
  "reference: secret of the wrong kind": ({ secrets }) => {
    secrets["server-cert"] = { name: "server-cert", validation_context: secrets["upstream-ca"].validation_context };
  },
  "reference: trusted CA that is a certificate": ({ secrets }) => {
    secrets["upstream-ca"] = { ...secrets["server-cert"], name: "upstream-ca" };
  },
  "reference: certificate that is a generic secret": ({ secrets }) => {
    secrets["server-cert"] = { name: "server-cert", generic_secret: { secret: { inline_string: "a" } } };
  },
  "reference: client without its trusted CA": ({ secrets }) => delete secrets["upstream-ca"],
  "reference: two scopes with the same key": ({ scopes }) => scopes["s2"].key = scopes["s1"].key,
  "reference: scope without a key": ({ scopes }) => delete scopes["s1"].key,
});
