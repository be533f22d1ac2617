package main

import (
	"context"
	"fmt"

	"google.golang.org/grpc"

	"ts-control-plane/bench/discovery"
)

// A discovery stream that ACKs each response.
type stream struct {
	fleet    *fleet
	requests discovery.Requests
	version  string
	at       int64
}

func (s *stream) run(ctx context.Context, connection *grpc.ClientConn, opened func()) {
	call, err := connection.NewStream(
		ctx,
		&grpc.StreamDesc{ClientStreams: true, ServerStreams: true},
		discovery.Method(s.requests.Delta),
		grpc.WaitForReady(true),
	)
	if err == nil {
		first := s.requests.First(discovery.Known{})
		err = call.SendMsg(&first)
	}
	opened()
	for err == nil {
		var response discovery.Response
		if err = call.RecvMsg(&response); err != nil {
			break
		}
		s.count(response)
		ack := s.requests.Ack(response)
		err = call.SendMsg(&ack)
		s.fleet.received(s, response.Version)
	}
	if ctx.Err() == nil {
		s.fleet.fail(fmt.Errorf("a stream has ended: %w", err))
	}
}

func (s *stream) count(r discovery.Response) {
	counter := &s.fleet.counter
	counter.messages.Add(1)
	counter.resources.Add(r.Resources)
	counter.removed.Add(r.Removed)
	counter.bytes.Add(r.Bytes)
}
