import type { Variant } from "../../src/stream/mod.ts";

/** What go-control-plane does otherwise in one transcript. */
export interface Difference {
  readonly variant: Variant;
  /** The transcript. */
  readonly name: string;
  /** What it says or does at the first step where it differs. */
  readonly seen: string;
  /** The rule that makes ours right. */
  readonly why: string;
}

/** All differences that are known, by the rule that makes ours right. */
const BY_RULE: Readonly<Record<string, readonly (readonly [Variant, name: string, seen: string])[]>> = {
  "T3: the type of a service of one type is implicit; to serve others there by-passes rules for who may ask for what": [
    ["sotw", "T3 a typed service refuses other types", "still open"],
    ["delta", "T3 a typed service refuses other types", "still open"],
  ],
  "T6, H10: types are apart from each other, and one that the server does not know may come to exist": [
    ["delta", "X7 list collections are resources like others", "no response"],
    ["delta", "H9 H10 NEW is answered name by name, and never by nothing", "no response"],
    ["sotw", "H9 H10 NEW in SotW: one by one as asked for, and nothing where there is none", "no response"],
    ["sotw", "T6 a type that nobody knows does not disturb the others, and may come to exist", "no response"],
    ["delta", "T6 a type that nobody knows is answered, and may come to exist", "no response"],
  ],
  "N3: the first request says who the client is; one that does not would wait for ever": [
    ["sotw", "N3 the first request needs a node", "still open"],
    ["delta", "N3 the first request needs a node", "still open"],
  ],
  "N4: a stream belongs to one node": [
    ["sotw", "N4 another node id ends the stream", "still open"],
    ["delta", "N4 another node id ends the stream", "still open"],
  ],
  "S3: no response is owed where there is nothing to say, and an empty one says nothing": [
    ["sotw", "S3 S24 what does not exist yet is sent once it does, with no new request", "EDS"],
  ],
  "S5, S6, S7: what was rejected is not sent again before it changes; this is the loop at wire speed": [
    ["sotw", "S5 S6 a rejected response is not repeated, and the next content goes out", "CDS a=1 b=1"],
    ["sotw", "S6 a rejected first response of named resources is not repeated", "EDS a=1"],
    ["sotw", "S7 a NACK that carries the new version is a NACK", "CDS a=1 b=1"],
  ],
  "S23: types without full state get what changed or was added, not all of it again": [
    [
      "sotw",
      "X13 S31 old and new names share a stream, and old ones are opaque",
      "EDS folder/*=1 xdstp://prod.example/e…",
    ],
    ["sotw", "S8 a NACK may change the names, and repeat its error later without being counted again", "EDS a=1 b=1"],
    ["sotw", "S10 S11 a stale nonce is neither ACK nor NACK, but its names count", "EDS a=2 b=1"],
    ["sotw", "S17 S23 a name that is added is sent, the ones that did not change are not", "EDS a=1 b=1"],
    ["sotw", "S23 a deletion of endpoints says nothing", "EDS a=1"],
  ],
  "S9: a request without error_detail is no NACK, whatever version it has": [
    ["sotw", "S9 an old version with the new nonce and no error is an ACK", "EDS a=1 b=1"],
  ],
  "S13, S26: a first request without names asks for everything of LDS, CDS and SRDS alone": [
    ["sotw", "S13 S26 a first request of EDS without names asks for nothing", "EDS x=1"],
    ["sotw", "S13 S26 a first request of RDS without names asks for nothing", "RDS x=1"],
    ["sotw", "S13 S26 a first request of SDS without names asks for nothing", "SDS x=1"],
    ["sotw", "S13 S26 a first request of NEW without names asks for nothing", "NEW"],
    ["delta", "D9 S13 an empty first request for endpoints asks for nothing", "EDS a=1 b=1"],
  ],
  "S14: the wildcard is explicit for any type, and new names are answered": [
    ["sotw", "S14 S15 S16 the wildcard beside names, without them, and nothing at all", "no response"],
    ["sotw", "S14 the wildcard of a type without full state gets what changed", "EDS"],
  ],
  "S25: in ADS mode a part of what there is is not answered, and its watch is lost": [
    ["sotw", "O3 a client that names its clusters is not waited for because of others", "RDS r=again"],
    ["sotw", "O1 a publication goes out in order, whatever the order of the requests", "no response"],
    [
      "sotw",
      "O1 clusters that cannot be sent yet hold back the routes published with them, but no answer",
      "no response",
    ],
    [
      "sotw",
      "O4 S19 a changed cluster that the client does not want any more has no endpoints sent again",
      "no response",
    ],
  ],
  "O4: a changed cluster waits for its endpoints, changed or not": [
    [
      "delta",
      "O4 D4 a cluster that is sent has its endpoints sent after it, though the client says that it has them",
      "no response",
    ],
    ["sotw", "O4 O6 a changed cluster gets its unchanged endpoints again, and only these", "no response"],
    ["delta", "O4 a changed cluster gets its unchanged endpoints again, and only these", "no response"],
  ],
  "S6, O7: the rejected clusters are sent again and again": [
    ["sotw", "O7 a NACK of one type does not hold up another", "CDS a=1 b=1"],
  ],
  "the snapshot was cleared: open streams are lost with it, until their clients speak again": [
    [
      "sotw",
      "a client without a snapshot waits; after a clear it keeps what it has and gets what comes",
      "no response",
    ],
  ],
  "D3: what is subscribed again is sent again": [
    ["delta", "H7 D7 a cluster is asked for beside the wildcard, and refused at once", "no response"],
    ["delta", "D3 a name that is subscribed again is sent again", "no response"],
    [
      "delta",
      "D16 a name that is dropped and added in one request is answered and stays subscribed",
      "no response",
    ],
    ["delta", "D3 D10 a wildcard that is subscribed again is sent again", "no response"],
    ["delta", "D9 a name beside the legacy wildcard leaves it in place; only * ends it", "CDS"],
    ["delta", "D17 what is rejected is not repeated until it changes or is asked for again", "no response"],
  ],
  "D12: what the wildcard alone covered is not sent once it is dropped": [
    [
      "delta",
      "D12 what was owed of a name that the wildcard covered is not sent once the wildcard is dropped, too",
      "CDS a=1",
    ],
  ],
  "D7: a name that does not exist is answered at once": [
    [
      "delta",
      "X2 X3 parameters, types and authorities are compared exactly: what differs in one does not exist",
      "EDS xdstp://prod.example/envoy.config…",
    ],
    [
      "delta",
      "X13 S31 old and new names share a stream, and old ones are opaque",
      "EDS folder/*=1 xdstp://prod.example/e…",
    ],
    ["delta", "H9 H10 SDS is answered name by name, and never by nothing", "no response"],
    ["delta", "D4 D5 the same by names", "EDS b=1 -gone"],
    [
      "delta",
      "D7 S24 a name that does not exist is answered at once, stays subscribed, and is sent once it exists",
      "no response",
    ],
    ["delta", "D10 the wildcard and a name that does not exist", "CDS a=1 b=1"],
    [
      "delta",
      "D11 a name that is dropped beside the wildcard is answered with what the wildcard says of it",
      "CDS a=1 b=1",
    ],
    [
      "delta",
      "D14 D15 requests with a stale nonce or with none change the subscription and answer nothing",
      "no response",
    ],
    ["delta", "D19 a response names nothing twice", "CDS -a"],
    ["delta", "a client without a snapshot waits for one", "CDS a=1 b=1"],
  ],
  "O3: changes of what refers to clusters wait until the client has these": [
    ["delta", "O1 a publication goes out in order", "LDS l=2"],
    ["sotw", "O3 a client that comes back with a configuration gets its routes after the clusters", "RDS r=a"],
    ["delta", "O3 a client that comes back with a configuration gets its routes after the clusters", "RDS r=a"],
  ],
  "O2: what is gone is kept until nothing refers to it": [
    ["sotw", "O2 O3 a cluster is replaced: made, used, and only then broken", "CDS b=1"],
    ["delta", "O2 O3 a cluster is replaced: made, used, and only then broken", "CDS b=1 -a"],
    ["sotw", "O2 a client that rejects the new routes keeps the clusters of the old ones", "CDS b=1"],
    ["delta", "O2 a client that rejects the new routes keeps the clusters of the old ones", "CDS b=1 -a"],
    ["sotw", "O2 a cluster that comes back before it was removed was never gone", "CDS b=1"],
    ["delta", "O2 a cluster that comes back before it was removed was never gone", "CDS b=1 -a"],
    ["sotw", "O2 a rejected cluster does not hold back the routes", "CDS b=1"],
    ["delta", "O2 a rejected cluster does not hold back the routes", "CDS b=1 -a"],
    ["sotw", "O3 a client that does not ask for the endpoints is not waited for for ever", "CDS b=1"],
    ["sotw", "O3 endpoints that are gone before the client asks for them are sent as they were", "CDS b=1"],
    ["delta", "O3 a client that does not ask for the endpoints is not waited for for ever", "CDS b=1 -a"],
  ],
  "L3, L4, L5: a resource with a ttl is told to live on; here every response has it, for full state a complete one": [
    [
      "sotw",
      "L2 L4 S32 a resource with a ttl is wrapped, and sent again before it ends, for Envoy heeds no heartbeat",
      "no response",
    ],
    ["sotw", "L5 full state is sent in full", "no response"],
  ],
  "L1: there is no ttl in delta": [
    ["delta", "L1 L3 L4 in delta it is told to live on, until there is no ttl any more", "SDS a=1 b=1"],
    [
      "delta",
      "L3 a client that does not have what it is told lives on is sent it, and told in full from then on",
      "SDS a=1 b=1",
    ],
    ["delta", "L4 a client that comes back with what has a ttl is told that it lives on", "no response"],
    ["delta", "L3 a response that was rejected is not told to live on", "SDS a=1"],
  ],
  "L6, S32: clients that cannot read a ttl, or a wrapped resource, are sent none": [
    ["sotw", "L6 S32 clients that do not read a ttl are told of none (SotW)", "SDS a=1 ttl=90"],
  ],
  "X1, X9: names are compared as they are spelled": [
    [
      "delta",
      "X1 O4 a changed cluster gets its endpoints again, asked for with b=1&a=2",
      "CDS xdstp://prod.example/envoy.config…",
    ],
    [
      "delta",
      "X1 O4 a changed cluster gets its endpoints again, asked for with a=2&b=1",
      "CDS xdstp://prod.example/envoy.config…",
    ],
    [
      "sotw",
      "X1 parameters have no order, and what the client asked for is answered under the name that it used",
      "EDS",
    ],
    ["sotw", "X9 directives are no part of a name", "EDS"],
    [
      "delta",
      "X1 parameters have no order, and what the client asked for is answered under the name that it used",
      "no response",
    ],
    ["delta", "X9 directives are no part of a name", "no response"],
    [
      "delta",
      "X1 a name is dropped in any spelling, and versions of before count in any",
      "EDS -xdstp://prod.example/envoy.confi…",
    ],
  ],
  "X10: resource locators are not looked at": [
    ["sotw", "X10 resource locators are names, beside others and alone", "EDS a=1"],
    ["delta", "X10 resource locators are names, beside others and alone", "EDS a=1"],
    ["delta", "X10 a locator is dropped like a name, and names may drop locators", "EDS a=2 b=2"],
  ],
  "X4, X5, X6, H10: its snapshots know no endpoints one by one, and no globs": [
    ["delta", "X4 a glob is what is directly in its folder, with its parameters, and follows it", "no response"],
    ["delta", "X4 globs, names and the wildcard together: nothing is sent twice", "LEDS"],
    ["delta", "X4 D3 a glob that is subscribed again is sent again, in any spelling", "no response"],
    ["delta", "X5 an empty glob is told as removed, as the client spells it, and filled later", "no response"],
    ["delta", "X6 D13 a glob that is dropped leaves what is asked for by name, and is not answered", "no response"],
    ["delta", "X6 D11 what is dropped and still covered, by a glob or by the wildcard, is answered", "no response"],
    ["delta", "X4 endpoints that are sent again have their collection sent again", "no response"],
  ],
  "X4: a glob is a name like others, and there is nothing of that name": [
    ["sotw", "X4 in SotW a glob is all of its members, too", "CDS xdstp://prod.example/envoy.config…"],
  ],
  "H1 to H6, H10: its snapshots know no virtual hosts on demand": [
    [
      "delta",
      "H1 H2 a host is answered with its virtual host, by its domains, and its name as an alias",
      "no response",
    ],
    [
      "delta",
      "L7 virtual hosts are sent again in full, for one without content would say that there is none",
      "no response",
    ],
    ["delta", "H2 D3 a host that is asked for again is answered again", "no response"],
    ["delta", "H2 a virtual host that changes is sent as it is, and what nobody asked for is not", "no response"],
    ["delta", "H2 a domain that moves to another virtual host moves what was asked for", "no response"],
    [
      "delta",
      "H3 a host that nobody serves is answered without a resource, and served once there is one",
      "no response",
    ],
    ["delta", "H4 a first request without names is told that there is nothing for it yet", "VHDS"],
    ["delta", "H4 the wildcard asks for all virtual hosts, and hosts are answered beside it", "VHDS"],
    [
      "delta",
      "H5 D13 a host is dropped by the name that it was asked for by, and the last one drops the virtual host",
      "no response",
    ],
    ["delta", "H5 a virtual host can be asked for and dropped by its own name", "no response"],
    ["delta", "H6 a route configuration that is sent again has its virtual hosts sent again", "no response"],
    ["delta", "H6 with the wildcard the virtual hosts of that route configuration are sent again", "VHDS"],
    ["delta", "H2 H3 a client that comes back is answered for all hosts that it names", "no response"],
    [
      "delta",
      "H2 D17 a virtual host that was rejected is not sent again before it changes, or is asked for",
      "no response",
    ],
  ],
  "H9: what does not exist is answered by an empty response, which an Envoy rejects": [
    ["sotw", "H9 H10 SDS in SotW: one by one as asked for, and nothing where there is none", "SDS"],
  ],
};

export const DIFFERENCES: readonly Difference[] = Object.entries(BY_RULE).flatMap(([why, differences]) =>
  differences.map(([variant, name, seen]) => ({ variant, name, seen, why }))
);
