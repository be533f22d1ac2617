package main

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
)

const service = "/envoy.service.discovery.v3.AggregatedDiscoveryService/"

// A discovery stream that ACKs each response.
type stream struct {
	fleet    *fleet
	requests requests
	version  string
	at       int64
}

func (s *stream) run(ctx context.Context, connection *grpc.ClientConn, opened func()) {
	call, err := connection.NewStream(
		ctx,
		&grpc.StreamDesc{ClientStreams: true, ServerStreams: true},
		s.requests.method(),
		grpc.WaitForReady(true),
	)
	if err == nil {
		first := s.requests.first()
		err = call.SendMsg(&first)
	}
	opened()
	for err == nil {
		var response response
		if err = call.RecvMsg(&response); err != nil {
			break
		}
		s.count(response)
		ack := s.requests.ack(response)
		err = call.SendMsg(&ack)
		s.fleet.received(s, response.version)
	}
	if ctx.Err() == nil {
		s.fleet.fail(fmt.Errorf("a stream has ended: %w", err))
	}
}

func (s *stream) count(r response) {
	counter := &s.fleet.counter
	counter.messages.Add(1)
	counter.resources.Add(r.resources)
	counter.removed.Add(r.removed)
	counter.bytes.Add(r.bytes)
}

// The fields of a response of either kind that a client needs.
type response struct {
	version, nonce            string
	resources, removed, bytes int64
}

// Fields that DiscoveryResponse and DeltaDiscoveryResponse have in common, and the removed names of the latter.
const (
	responseVersion   = 1
	responseResources = 2
	responseNonce     = 5
	responseRemoved   = 6
)

func (r *response) read(data []byte) error {
	r.bytes = int64(len(data))
	for len(data) > 0 {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			return protowire.ParseError(n)
		}
		data = data[n:]
		if kind != protowire.BytesType {
			if n = protowire.ConsumeFieldValue(number, kind, data); n < 0 {
				return protowire.ParseError(n)
			}
			data = data[n:]
			continue
		}
		value, n := protowire.ConsumeBytes(data)
		if n < 0 {
			return protowire.ParseError(n)
		}
		data = data[n:]
		switch number {
		case responseVersion:
			r.version = string(value)
		case responseResources:
			r.resources++
		case responseNonce:
			r.nonce = string(value)
		case responseRemoved:
			r.removed++
		}
	}
	return nil
}

type bytesCodec struct{}

func (bytesCodec) Name() string { return "proto" }

func (bytesCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*[]byte))}, nil
}

func (bytesCodec) Unmarshal(data mem.BufferSlice, v any) error {
	buffer := data.MaterializeToBuffer(mem.DefaultBufferPool())
	defer buffer.Free()
	return v.(*response).read(buffer.ReadOnlyData())
}
