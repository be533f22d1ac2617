// Package discovery has the messages of xDS, as far as the clients of the benchmark and of the load tests need them.
package discovery

import (
	"google.golang.org/protobuf/encoding/protowire"
)

const service = "/envoy.service.discovery.v3.AggregatedDiscoveryService/"

// Requests makes the requests of one type on a stream.
type Requests struct {
	Delta bool
	// The encoded node.
	Node []byte
	// Whether the node is a part of every request, as it is with Envoy by default.
	Repeat  bool
	TypeURL string
	// The names that are subscribed to; none: everything.
	Names []string
}

// Node returns the encoded node of an id, with further fields that are encoded already.
func Node(id string, fields []byte) []byte {
	return append(field(nil, 1, []byte(id)), fields...)
}

// Method is the path of the streams.
func Method(delta bool) string {
	if delta {
		return service + "DeltaAggregatedResources"
	}
	return service + "StreamAggregatedResources"
}

// Known is what a client that reconnects has of a type.
type Known struct {
	// In SotW, the version of the type.
	Version string
	// In delta, the versions of resources by name.
	Resources map[string]string
}

// First is the first request of the type on a stream.
func (r Requests) First(known Known) []byte {
	var b []byte
	if r.Delta {
		if r.Node != nil {
			b = field(b, 1, r.Node)
		}
		b = r.appendNames(field(b, 2, []byte(r.TypeURL)))
		for name, version := range known.Resources {
			b = field(b, 5, field(field(nil, 1, []byte(name)), 2, []byte(version)))
		}
		return b
	}
	if known.Version != "" {
		b = field(b, 1, []byte(known.Version))
	}
	if r.Node != nil {
		b = field(b, 2, r.Node)
	}
	return field(r.appendNames(b), 4, []byte(r.TypeURL))
}

// Ack is the request that acknowledges a response.
func (r Requests) Ack(response Response) []byte {
	return r.reply(response.Version, response.Nonce)
}

// Nack is the request that rejects a response. The version is that of the last one that was acknowledged.
func (r Requests) Nack(version string, response Response, message string) []byte {
	status := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), invalidArgument)
	number := protowire.Number(6)
	if r.Delta {
		number = 7
	}
	return field(r.reply(version, response.Nonce), number, field(status, 2, []byte(message)))
}

const invalidArgument = 3

func (r Requests) reply(version, nonce string) []byte {
	var b []byte
	if r.Delta {
		if r.Repeat {
			b = field(b, 1, r.Node)
		}
		return field(field(b, 2, []byte(r.TypeURL)), 6, []byte(nonce))
	}
	b = field(b, 1, []byte(version))
	if r.Repeat {
		b = field(b, 2, r.Node)
	}
	return field(field(r.appendNames(b), 4, []byte(r.TypeURL)), 5, []byte(nonce))
}

// The names are field 3 of a request of either kind.
func (r Requests) appendNames(b []byte) []byte {
	for _, name := range r.Names {
		b = field(b, 3, []byte(name))
	}
	return b
}

func field(b []byte, number protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, number, protowire.BytesType), value)
}
