/** Fields whose rules differ since the API of Go, of 1.40.0, is of another day than that of `gen/`. */
export interface Difference {
  readonly type: string;
  /** The field, by its name in the API that has the rule; by that in Go, if `gen/` does not have it. */
  readonly field: string;
  /** Which of the two has the rule. */
  readonly by: "go" | "ours";
  readonly why: string;
}

const AI = "envoy.extensions.filters.http.ai_protocol_manager.v3";
const RENAMED = "llm_protocol, of the type LLMProtocol, has been renamed to api_protocol";

/** All known differences. One that is no longer seen fails the test. */
export const DIFFERENCES: readonly Difference[] = [
  { type: `${AI}.RequestPerRoute`, field: "LlmProtocol", by: "go", why: RENAMED },
  { type: `${AI}.RequestPerRoute`, field: "api_protocol", by: "ours", why: RENAMED },
  { type: `${AI}.ResponsePerRoute`, field: "LlmProtocol", by: "go", why: RENAMED },
  { type: `${AI}.ResponsePerRoute`, field: "api_protocol", by: "ours", why: RENAMED },
  { type: `${AI}.TokenUsageExtraction`, field: "DefaultLlmProtocol", by: "go", why: RENAMED },
  { type: `${AI}.TokenUsageExtraction`, field: "default_api_protocol", by: "ours", why: RENAMED },
  {
    type: "envoy.extensions.http.injected_credentials.oauth2.v3.OAuth2.ClientCredentials",
    field: "client_secret",
    by: "ours",
    why: "client_secret is not required in the API of Go",
  },
  {
    type: "envoy.config.route.v3.RouteConfiguration",
    field: "vhost_header",
    by: "go",
    why: "vhost_header has no rule in the API of gen/",
  },
];
