import type { Variant } from "../../src/stream/mod.ts";

/** How go-control-plane differs in one transcript. */
export interface Difference {
  readonly variant: Variant;
  /** The name of the transcript. */
  readonly name: string;
  /** Its response, or the state of the stream, at the first step that differs. */
  readonly seen: string;
  /** The rule that this server follows. */
  readonly why: string;
}

/** All known differences, by the rule that this server follows. */
const BY_RULE: Readonly<Record<string, readonly (readonly [Variant, name: string, seen: string])[]>> = {
  "T3: a typed service has one type; serving others there by-passes rules on which client may subscribe to what": [
    ["sotw", "T3 a typed service refuses other types", "still open"],
    ["delta", "T3 a typed service refuses other types", "still open"],
  ],
  "T6, H10: types are independent, and resources of an unknown type may be published later": [
    ["delta", "X7 list collections are ordinary resources", "no response"],
    ["delta", "H9 H10 NEW is sent name by name, and never in an empty response", "no response"],
    ["sotw", "H9 H10 NEW in SotW is sent name by name, and a missing name gets no response", "no response"],
    [
      "sotw",
      "T6 an unknown type does not disturb the others, and its resources are sent once published",
      "no response",
    ],
    ["delta", "T6 an unknown type gets a response, and its resources are sent once published", "no response"],
  ],
  "N3: the first request names the node; a client without one would wait for ever": [
    ["sotw", "N3 a first request without a node ends the stream", "still open"],
    ["delta", "N3 a first request without a node ends the stream", "still open"],
  ],
  "N4: a stream belongs to one node": [
    ["sotw", "N4 a different node id ends the stream", "still open"],
    ["delta", "N4 a different node id ends the stream", "still open"],
  ],
  "S3: a missing resource needs no response, and an empty one carries no information": [
    ["sotw", "S3 S24 a missing resource gets no response, and is sent once published", "EDS"],
  ],
  "S5, S6, S7: NACKed content is not resent until it changes; resending it loops at wire speed": [
    ["sotw", "S5 S6 a NACKed response is not resent, and changed content is sent", "CDS a=1 b=1"],
    ["sotw", "S6 a NACKed first response of named resources is not resent", "EDS a=1"],
    ["sotw", "S7 a NACK with the new version_info is a NACK", "CDS a=1 b=1"],
  ],
  "S23: types without full state get changed and newly subscribed resources only": [
    [
      "sotw",
      "X13 S31 xdstp names and opaque names share a stream",
      "EDS folder/*=1 xdstp://prod.example/e…",
    ],
    ["sotw", "S8 a NACK may change the names, and error_detail with an ACKed nonce is ignored", "EDS a=1 b=1"],
    ["sotw", "S10 S11 a stale nonce is neither ACK nor NACK, but its names count", "EDS a=2 b=1"],
    ["sotw", "S17 S23 a newly subscribed name is sent, without the unchanged ones", "EDS a=1 b=1"],
    ["sotw", "S23 a removal of endpoints sends no response", "EDS a=1"],
  ],
  "S9: a request without error_detail is no NACK, whatever its version_info": [
    ["sotw", "S9 an old version_info with the current nonce and no error_detail is an ACK", "EDS a=1 b=1"],
  ],
  "S13, S26: an empty first request is the wildcard for LDS, CDS and SRDS only": [
    ["sotw", "S13 S26 an empty first request for EDS subscribes to nothing", "EDS x=1"],
    ["sotw", "S13 S26 an empty first request for RDS subscribes to nothing", "RDS x=1"],
    ["sotw", "S13 S26 an empty first request for SDS subscribes to nothing", "SDS x=1"],
    ["sotw", "S13 S26 an empty first request for NEW subscribes to nothing", "NEW"],
    ["delta", "D9 S13 an empty first request for EDS subscribes to nothing", "EDS a=1 b=1"],
  ],
  "S14: the wildcard is explicit for any type, and new names get a response": [
    ["sotw", "S14 S15 S16 a subscription changes from the wildcard to names, to none and back", "no response"],
    ["sotw", "S14 the wildcard of a type without full state receives only changes", "EDS"],
  ],
  "S25: in its ADS mode a subscription to a part of the snapshot gets no response, and its watch is lost": [
    ["sotw", "O3 clusters that the client did not subscribe to do not block its routes", "RDS r=again"],
    ["sotw", "O1 a publication is sent in dependency order, whatever the order of the requests", "no response"],
    [
      "sotw",
      "O1 pending clusters block the routes published with them, but no response to a new subscription",
      "no response",
    ],
    [
      "sotw",
      "O4 S19 a changed cluster that was unsubscribed does not get its endpoints resent",
      "no response",
    ],
  ],
  "O4: a changed cluster waits for its endpoints, changed or not": [
    [
      "delta",
      "O4 D4 a cluster that is sent gets its endpoints resent, though they are in initial_resource_versions",
      "no response",
    ],
    [
      "delta",
      "O4 a reconnecting client that was sent a changed cluster receives endpoints of it that it holds",
      "no response",
    ],
    [
      "delta",
      "O5 a reconnecting client that requests endpoints before clusters is warming, and receives endpoints that it holds",
      "no response",
    ],
    ["sotw", "O4 O6 a changed cluster gets its unchanged endpoints resent, and no others", "no response"],
    ["delta", "O4 a changed cluster gets its unchanged endpoints resent, and no others", "no response"],
  ],
  "S4: in SotW a response of a type without full state has only what changed": [
    [
      "sotw",
      "S5 S6 a change after a NACK carries the good resources of the rejected response, until an ACK",
      "RDS bad=2 good=2 other=1",
    ],
  ],
  "S6, O7: its server resends NACKed clusters again and again": [
    ["sotw", "O7 a NACK of one type does not block another", "CDS a=1 b=1"],
  ],
  "clearing its snapshot drops the watches of open streams, until their clients send a request": [
    [
      "sotw",
      "a client without a snapshot gets no response; clearSnapshot keeps its resources and its watch",
      "no response",
    ],
  ],
  "D3: a name that is subscribed again is resent": [
    [
      "delta",
      "H7 D7 a cluster can be subscribed beside the wildcard, and a missing one is reported at once",
      "no response",
    ],
    ["delta", "D3 a name that is subscribed again is resent", "no response"],
    [
      "delta",
      "D16 a name unsubscribed and subscribed in one request is resent and stays subscribed",
      "no response",
    ],
    ["delta", "D3 D10 a wildcard that is subscribed again is resent", "no response"],
    ["delta", "D9 a name beside the legacy wildcard leaves it in place; only unsubscribing * ends it", "CDS"],
    [
      "delta",
      "D17 a response to a request after a NACK has the requested names alone, and its ACK settles these",
      "RDS new=1",
    ],
  ],
  "D17: a change after a NACK carries what the client may have rejected because of another resource": [
    ["delta", "D17 NACKed resources are not resent until they change or are subscribed again", "CDS b=2"],
    [
      "delta",
      "D17 a change after a NACK carries the good resources of the rejected response, until an ACK",
      "RDS bad=3",
    ],
    ["delta", "D17 a change after a NACK carries the removals of the rejected response", "CDS -bad"],
  ],
  "D12: names that only the wildcard covered are not sent once it is unsubscribed": [
    [
      "delta",
      "D12 a name requested under the wildcard is not sent once the wildcard is unsubscribed, too",
      "CDS a=1",
    ],
  ],
  "D7: a missing name is reported as removed at once": [
    [
      "delta",
      "X2 X3 a name that differs in a parameter, the type or the authority does not exist",
      "EDS xdstp://prod.example/envoy.config…",
    ],
    [
      "delta",
      "X13 S31 xdstp names and opaque names share a stream",
      "EDS folder/*=1 xdstp://prod.example/e…",
    ],
    ["delta", "H9 H10 SDS is sent name by name, and never in an empty response", "no response"],
    ["delta", "D4 D5 a reconnecting client that subscribes to names receives the differences", "EDS b=1 -gone"],
    [
      "delta",
      "D7 S24 a missing name is reported as removed at once, stays subscribed, and is sent once published",
      "no response",
    ],
    ["delta", "D10 a missing name beside the wildcard is reported as removed", "CDS a=1 b=1"],
    [
      "delta",
      "D11 a name unsubscribed beside the wildcard is sent, or reported as removed",
      "CDS a=1 b=1",
    ],
    [
      "delta",
      "D14 D15 requests with a stale nonce or none change the subscription and acknowledge nothing",
      "no response",
    ],
    ["delta", "a client without a snapshot gets no response until the first one", "CDS a=1 b=1"],
  ],
  "O3: changes of resources that refer to clusters wait until the client holds the clusters": [
    ["delta", "O1 a publication is sent in dependency order", "LDS l=2"],
    ["sotw", "O3 a reconnecting client gets its routes after the clusters", "RDS r=a"],
    ["delta", "O3 a reconnecting client gets its routes after the clusters", "RDS r=a"],
  ],
  "O2: removals are withheld until no resource refers to them": [
    ["delta", "D19 a response names each resource once", "CDS a=1 b=1 -x"],
    [
      "delta",
      "O2 a reconnecting client keeps a removed cluster until its new routes are ACKed, in whatever order it subscribes",
      "CDS b=1 -a",
    ],
    [
      "delta",
      "O5 a reconnecting client receives the endpoints of a new cluster while clusters change again",
      "CDS b=1 -a",
    ],
    ["sotw", "O2 O3 a replaced cluster is removed once its new routes are ACKed", "CDS b=1"],
    ["delta", "O2 O3 a replaced cluster is removed once its new routes are ACKed", "CDS b=1 -a"],
    ["sotw", "O2 a removal stays withheld while the new routes are NACKed", "CDS b=1"],
    ["delta", "O2 a removal stays withheld while the new routes are NACKed", "CDS b=1 -a"],
    ["sotw", "O2 a withheld removal is dropped if the cluster is published again", "CDS b=1"],
    ["delta", "O2 a withheld removal is dropped if the cluster is published again", "CDS b=1 -a"],
    ["sotw", "O2 a NACKed cluster does not block the routes", "CDS b=1"],
    ["delta", "O2 a NACKed cluster does not block the routes", "CDS b=1 -a"],
    ["sotw", "O3 a NACK of another cluster does not end the wait for the endpoints of one", "CDS b=1"],
    ["delta", "O3 a NACK of another cluster does not end the wait for the endpoints of one", "CDS b=1 -a"],
    ["delta", "O2 the deadline of one removal does not end the protection of another", "CDS c=1 -a"],
    [
      "sotw",
      "O3 routes wait for a subscription to the endpoints until the deadline",
      "CDS b=1",
    ],
    [
      "sotw",
      "O3 endpoints removed while CDS is in flight are pinned, and sent to a client that subscribes to them",
      "CDS b=1",
    ],
    [
      "delta",
      "O3 routes wait for a subscription to the endpoints until the deadline",
      "CDS b=1 -a",
    ],
  ],
  "L3, L4, L5: a resource with a ttl gets heartbeats; those of full-state types are complete responses": [
    [
      "sotw",
      "L2 L4 S32 a resource with a ttl is wrapped, and resent in full to an Envoy before the ttl expires",
      "no response",
    ],
    ["sotw", "L5 a heartbeat of a full-state type is a complete response", "no response"],
  ],
  "L1: its delta responses have no ttl": [
    ["delta", "L1 L3 L4 a resource gets heartbeats until its ttl is removed", "SDS a=1 b=1"],
    [
      "delta",
      "L3 a NACKed heartbeat is followed by the full resource, then and for each later heartbeat",
      "SDS a=1 b=1",
    ],
    ["delta", "L4 a reconnecting client gets heartbeats for the resources it holds", "no response"],
    ["delta", "L3 a resource that was NACKed gets no heartbeat", "SDS a=1"],
    ["delta", "L3 a response that was NACKed gets no heartbeat", "SDS a=1"],
  ],
  "L6, S32: clients that cannot read a ttl or a wrapped resource are sent none": [
    ["sotw", "L6 S32 a client that cannot read a ttl is sent none (SotW)", "SDS a=1 ttl=90"],
  ],
  "X1, X9: it compares names as they are spelled": [
    [
      "delta",
      "X1 O4 a changed cluster gets its endpoints resent, subscribed as b=1&a=2",
      "CDS xdstp://prod.example/envoy.config…",
    ],
    [
      "delta",
      "X1 O4 a changed cluster gets its endpoints resent, subscribed as a=2&b=1",
      "CDS xdstp://prod.example/envoy.config…",
    ],
    [
      "sotw",
      "X1 parameters have no order, and delta sends a resource under the client's spelling of its name",
      "EDS",
    ],
    ["sotw", "X9 directives are not part of a name", "EDS"],
    [
      "delta",
      "X1 parameters have no order, and delta sends a resource under the client's spelling of its name",
      "no response",
    ],
    ["delta", "X9 directives are not part of a name", "no response"],
    [
      "delta",
      "X1 unsubscribing and initial_resource_versions match a name in any spelling",
      "EDS -xdstp://prod.example/envoy.confi…",
    ],
  ],
  "X10: it ignores resource locators": [
    ["sotw", "X10 resource locators are names, alone and beside names", "EDS a=1"],
    ["delta", "X10 resource locators are names, alone and beside names", "EDS a=1"],
    ["delta", "X10 a locator is unsubscribed by a locator or by a name", "EDS a=2 b=2"],
  ],
  "X4, X5, X6, H10: its snapshots have no LbEndpoints and no globs": [
    [
      "delta",
      "X4 a glob covers the direct members of its collection with its parameters, and follows their changes",
      "no response",
    ],
    ["delta", "X4 globs, names and the wildcard together send each resource once", "LEDS"],
    ["delta", "X4 D3 a glob that is subscribed again in any spelling is resent", "no response"],
    ["delta", "X5 an empty glob is reported as removed in the client's spelling, and filled later", "no response"],
    ["delta", "X6 D13 unsubscribing a glob keeps the subscribed names and gets no response", "no response"],
    [
      "delta",
      "X6 D11 an unsubscribed name that a glob or the wildcard still covers is sent, or reported as removed",
      "no response",
    ],
    ["delta", "X4 resent endpoints get their collection resent", "no response"],
  ],
  "X4: it treats a glob as an ordinary name, which no resource has": [
    ["sotw", "X4 a glob covers all of its members in SotW, too", "CDS xdstp://prod.example/envoy.config…"],
  ],
  "H1 to H6, H10: its snapshots have no virtual hosts on demand": [
    [
      "delta",
      "H1 H2 a host gets the virtual host that serves its domain, with its name as an alias",
      "no response",
    ],
    [
      "delta",
      "L7 a virtual host is resent in full, since an empty one would report it missing",
      "no response",
    ],
    ["delta", "H2 D3 a host that is subscribed again is resent", "no response"],
    [
      "delta",
      "H2 a changed virtual host is sent without aliases, and one without subscribed hosts is not sent",
      "no response",
    ],
    ["delta", "H2 a domain that moves to another virtual host moves its alias", "no response"],
    [
      "delta",
      "H3 a host without a virtual host is reported without a resource, and sent once one serves it",
      "no response",
    ],
    ["delta", "H4 an empty first request gets each collection reported as removed", "VHDS"],
    ["delta", "H4 the wildcard subscribes to all virtual hosts, and hosts beside it get their aliases", "VHDS"],
    [
      "delta",
      "H5 D13 a host is unsubscribed by its alias, and the last alias unsubscribes the virtual host",
      "no response",
    ],
    ["delta", "H5 a virtual host can be subscribed and unsubscribed by its own name", "no response"],
    ["delta", "H6 a resent route configuration gets its virtual hosts resent", "no response"],
    ["delta", "H6 a route configuration sent after the wildcard gets its virtual hosts resent", "VHDS"],
    ["delta", "H2 H3 a reconnecting client gets a response for all hosts that it subscribes to", "no response"],
    [
      "delta",
      "H2 D17 a NACKed virtual host is not resent until it changes or is subscribed again",
      "no response",
    ],
  ],
  "H9: its response for a missing resource is empty, which Envoy rejects": [
    ["sotw", "H9 H10 SDS in SotW is sent name by name, and a missing name gets no response", "SDS"],
  ],
};

export const DIFFERENCES: readonly Difference[] = Object.entries(BY_RULE).flatMap(([why, differences]) =>
  differences.map(([variant, name, seen]) => ({ variant, name, seen, why }))
);
