package main

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// Makes the requests of one stream.
type requests struct {
	delta bool
	node  []byte
	// Whether the node is a part of every request, as it is with Envoy by default.
	repeat  bool
	typeURL string
	names   []string
}

func newRequests(o open, i int, node []byte) requests {
	id := "node-0"
	if o.NodePerStream {
		id = fmt.Sprintf("node-%d", i)
	}
	r := requests{delta: o.Delta, typeURL: o.TypeURL, repeat: node != nil}
	r.node = append(field(nil, 1, []byte(id)), node...)
	for j := 0; j < o.NamesPerStream; j++ {
		r.names = append(r.names, fmt.Sprintf(o.NameFormat, (i*o.NamesPerStream+j)%o.NamesOf))
	}
	return r
}

func (r requests) method() string {
	if r.delta {
		return service + "DeltaAggregatedResources"
	}
	return service + "StreamAggregatedResources"
}

func (r requests) first() []byte {
	if r.delta {
		return r.appendNames(field(field(nil, 1, r.node), 2, []byte(r.typeURL)))
	}
	return field(r.appendNames(field(nil, 2, r.node)), 4, []byte(r.typeURL))
}

func (r requests) ack(response response) []byte {
	var b []byte
	if r.delta {
		if r.repeat {
			b = field(b, 1, r.node)
		}
		return field(field(b, 2, []byte(r.typeURL)), 6, []byte(response.nonce))
	}
	b = field(b, 1, []byte(response.version))
	if r.repeat {
		b = field(b, 2, r.node)
	}
	return field(field(r.appendNames(b), 4, []byte(r.typeURL)), 5, []byte(response.nonce))
}

// The names are field 3 of a request of either kind.
func (r requests) appendNames(b []byte) []byte {
	for _, name := range r.names {
		b = field(b, 3, []byte(name))
	}
	return b
}

func field(b []byte, number protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, number, protowire.BytesType), value)
}
