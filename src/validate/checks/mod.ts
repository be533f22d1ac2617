import type { Check } from "../check.ts";
import { SOURCE_ADDRESS } from "./bind-config.ts";
import { CLUSTER_HTTP_OPTIONS } from "./cluster-http-options.ts";
import { ORIGINAL_DST } from "./cluster-original-dst.ts";
import { SUBSET_FALLBACK, SUBSETS } from "./cluster-subsets.ts";
import { EXT_PROC } from "./ext-proc.ts";
import { HEX_PAYLOAD, STATUS_RANGES } from "./health-check.ts";
import { ROUTE_UPGRADES } from "./route-upgrades.ts";
import { ECDH_CURVES, SIGNATURE_ALGORITHMS } from "./tls-groups.ts";
import { VIRTUAL_HOST_MATCHER } from "./virtual-host-matcher.ts";
import { EXTENSION_CONFIG } from "./extension-config.ts";
import { CIDR } from "./cidr.ts";
import { CIPHER_SUITES } from "./cipher-suites.ts";
import { CLUSTER_ADDRESSES } from "./cluster-addresses.ts";
import { DNS_RESOLVER_NAME, LOGICAL_DNS } from "./cluster-dns.ts";
import { CLUSTER_EDS } from "./cluster-eds.ts";
import { CLUSTER_ENDPOINTS_NAME } from "./cluster-endpoints-name.ts";
import { CLUSTER_GRPC_HEALTH } from "./cluster-grpc-health.ts";
import { CLUSTER_LB_POLICY } from "./cluster-lb-policy.ts";
import { CLUSTER_PROTOCOL_OPTIONS } from "./cluster-protocol-options.ts";
import { CLUSTER_RING_HASH } from "./cluster-ring-hash.ts";
import { API_CONFIG_SOURCE } from "./config-source.ts";
import { DOMAIN_PATTERN, DUPLICATE_DOMAIN, DUPLICATE_VIRTUAL_HOST } from "./domains.ts";
import { DURATION } from "./durations.ts";
import { ENDPOINT_HOSTS } from "./endpoint-hosts.ts";
import { EXTENSION_CATEGORY } from "./extension-category.ts";
import { RESOURCE_NAME } from "./resource-name.ts";
import { FINGERPRINTS, SECRET_TYPE, TICKET_KEYS } from "./secret.ts";
import { UNKNOWN_TYPE } from "./extensions.ts";
import { FILTER_CHAIN_MATCH, FILTER_CHAIN_SUFFIX, FILTER_CHAINS, SERVER_NAMES } from "./filter-chains.ts";
import { FORMAT_STRINGS } from "./format-strings.ts";
import { HEADER_MUTATIONS } from "./header-mutations.ts";
import { HTTP_FILTERS } from "./http-filters.ts";
import { HTTP3, ORIGINAL_IP, STRIP_PORT, UPGRADES } from "./http-manager.ts";
import { JWKS, JWT_PROVIDER, JWT_REQUIREMENT } from "./jwt.ts";
import { LISTENER_ADDRESS, LISTENER_ADDRESS_ONCE } from "./listener-address.ts";
import { NETWORK_FILTERS } from "./network-filters.ts";
import { CERTIFICATE_PEM, TRUSTED_CA_PEM } from "./pem.ts";
import { LOCAL_RATE_LIMIT } from "./rate-limit.ts";
import { RDS_SOURCE } from "./rds.ts";
import { REGEX, REGEX_SUBSTITUTION } from "./regex.ts";
import { DIRECT_RESPONSE, MIRROR, PATH_REWRITE, RETRY_BACK_OFF, RETRY_ON } from "./route-action.ts";
import { RUNTIME_VALUES } from "./runtime.ts";
import { SCOPE_KEY, SCOPE_KEY_BUILDER, SCOPE_ROUTES } from "./scopes.ts";
import { ALPN, CERTIFICATE_SOURCE, SERVER_CERTIFICATE, TLS_VERSIONS, TRUSTED_CA } from "./tls-context.ts";
import { TYPED_STRUCT } from "./typed-struct.ts";
import { UNREACHABLE_ROUTE } from "./unreachable-routes.ts";
import { NO_ENDPOINTS, NO_FILTERS, PERCENT } from "./unused.ts";
import { WEIGHT_OF_ONE, WEIGHTS_OF_ROUTES, WEIGHTS_OF_TCP } from "./weighted-clusters.ts";

/** What clients refuse, or take and cannot use, though the rules of the API allow it. */
export const CHECKS: readonly Check[] = [
  ...[CLUSTER_ADDRESSES, CLUSTER_EDS, CLUSTER_ENDPOINTS_NAME, CLUSTER_GRPC_HEALTH, CLUSTER_LB_POLICY, LOGICAL_DNS],
  ...[CLUSTER_PROTOCOL_OPTIONS, CLUSTER_RING_HASH, DNS_RESOLVER_NAME, ORIGINAL_DST, SUBSETS, SUBSET_FALLBACK],
  ...[CLUSTER_HTTP_OPTIONS, STATUS_RANGES, HEX_PAYLOAD, CIDR, SOURCE_ADDRESS],
  ...[
    API_CONFIG_SOURCE,
    DURATION,
    ...RESOURCE_NAME,
    ...EXTENSION_CATEGORY,
    ...EXTENSION_CONFIG,
    ENDPOINT_HOSTS,
    SECRET_TYPE,
    FINGERPRINTS,
    TICKET_KEYS,
  ],
  ...[
    LISTENER_ADDRESS,
    LISTENER_ADDRESS_ONCE,
    FILTER_CHAINS,
    FILTER_CHAIN_MATCH,
    FILTER_CHAIN_SUFFIX,
    SERVER_NAMES,
    NETWORK_FILTERS,
  ],
  ...[
    HTTP_FILTERS,
    HTTP3,
    ORIGINAL_IP,
    STRIP_PORT,
    UPGRADES,
    JWT_PROVIDER,
    JWT_REQUIREMENT,
    JWKS,
    EXT_PROC,
    ...LOCAL_RATE_LIMIT,
  ],
  ...[
    DUPLICATE_DOMAIN,
    DUPLICATE_VIRTUAL_HOST,
    DOMAIN_PATTERN,
    UNREACHABLE_ROUTE,
    VIRTUAL_HOST_MATCHER,
    ROUTE_UPGRADES,
    RDS_SOURCE,
    NO_ENDPOINTS,
    NO_FILTERS,
    PERCENT,
  ],
  ...[
    WEIGHTS_OF_ROUTES,
    WEIGHTS_OF_TCP,
    WEIGHT_OF_ONE,
    PATH_REWRITE,
    MIRROR,
    RETRY_BACK_OFF,
    RETRY_ON,
    DIRECT_RESPONSE,
  ],
  ...[...HEADER_MUTATIONS, ...FORMAT_STRINGS, ...REGEX, REGEX_SUBSTITUTION],
  ...[SCOPE_KEY, SCOPE_KEY_BUILDER, SCOPE_ROUTES, RUNTIME_VALUES, ...UNKNOWN_TYPE, ...TYPED_STRUCT],
  ...[
    ALPN,
    ECDH_CURVES,
    SIGNATURE_ALGORITHMS,
    SERVER_CERTIFICATE,
    CERTIFICATE_SOURCE,
    TRUSTED_CA,
    TLS_VERSIONS,
    CIPHER_SUITES,
    CERTIFICATE_PEM,
    TRUSTED_CA_PEM,
  ],
];
