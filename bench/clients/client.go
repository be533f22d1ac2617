package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"

	"ts-control-plane/bench/discovery"
)

// A client that keeps one stream, and opens it again whenever it ends.
type client struct {
	group      *group
	connection *connection
	requests   []discovery.Requests
	gate       gate
	// Whether the stream ends because its client wants to reconnect.
	restarts atomic.Bool

	sync.Mutex
	disconnect context.CancelFunc
	types      []typeState
	// How many types have had no response on this stream, and when the last one had it.
	missing  int
	servedAt int64
	open     bool
	opened   int64
}

// What a client has of a type.
type typeState struct {
	known   discovery.Known
	version string
	at      int64
	digest  int64
	// Whether there was a response on this stream.
	served                                       bool
	messages, bytes, nacks, backwards, sinceMark int64
}

func newClient(g *group, i int, connection *connection) *client {
	requests := g.requests(i)
	return &client{
		group: g, connection: connection, requests: requests, disconnect: func() {},
		types: make([]typeState, len(requests)), missing: len(requests),
	}
}

func (c *client) run() {
	defer c.group.running.Done()
	for c.group.ctx.Err() == nil {
		ctx, cancel := context.WithCancel(c.group.ctx)
		c.begin(cancel)
		err := c.serve(ctx)
		cancel()
		c.Lock()
		c.open = false
		c.Unlock()
		if c.restarts.Swap(false) || c.group.ctx.Err() != nil {
			continue
		}
		c.group.note(status.Code(err).String())
		// As long as a fleet would take, so that a server that refuses is not called without a pause.
		select {
		case <-c.group.ctx.Done():
		case <-time.After(100*time.Millisecond + time.Duration(rand.Int64N(int64(400*time.Millisecond)))):
		}
	}
}

func (c *client) begin(cancel context.CancelFunc) {
	c.Lock()
	defer c.Unlock()
	c.disconnect = cancel
	c.reset()
}

// Forgets what the stream was served.
func (c *client) reset() {
	c.missing = len(c.types)
	for i := range c.types {
		c.types[i].served = false
	}
}

// Says that the client is about to reconnect. Returns what ends its stream.
func (c *client) restart() context.CancelFunc {
	c.restarts.Store(true)
	c.Lock()
	defer c.Unlock()
	c.reset()
	return c.disconnect
}

func (c *client) serve(ctx context.Context) error {
	call, err := c.connection.get().NewStream(
		ctx,
		&grpc.StreamDesc{ClientStreams: true, ServerStreams: true},
		discovery.Method(c.group.Delta),
		grpc.WaitForReady(true),
	)
	if err != nil {
		return err
	}
	c.Lock()
	c.open = true
	c.opened++
	c.Unlock()
	for i, r := range c.requests {
		first := r.First(c.known(i))
		if err := call.SendMsg(&first); err != nil {
			return call.RecvMsg(&discovery.Response{})
		}
	}
	for {
		if err := c.gate.wait(ctx); err != nil {
			return err
		}
		response := discovery.Response{Keep: c.keep()}
		if err := call.RecvMsg(&response); err != nil {
			return err
		}
		reply, err := c.receive(response)
		if err != nil {
			return err
		}
		_ = call.SendMsg(&reply) // receiving says why it failed
	}
}

func (c *client) keep() discovery.Keep {
	if c.group.Resume && c.group.Delta {
		return discovery.Versions
	}
	return discovery.Contents
}

func (c *client) known(i int) discovery.Known {
	if !c.group.Resume {
		return discovery.Known{}
	}
	c.Lock()
	defer c.Unlock()
	return c.types[i].known
}

// Keeps a response. Returns the reply to it.
func (c *client) receive(response discovery.Response) ([]byte, error) {
	now := time.Now().UnixMicro()
	c.Lock()
	defer c.Unlock()
	for i, r := range c.requests {
		if r.TypeURL != response.TypeURL {
			continue
		}
		t := &c.types[i]
		t.messages++
		t.sinceMark++
		t.bytes += response.Bytes
		if response.Version < t.version {
			t.backwards++
		}
		t.version, t.at, t.digest = response.Version, now, response.Digest
		if !t.served {
			t.served = true
			if c.missing--; c.missing == 0 {
				c.servedAt = now
			}
		}
		if c.group.Nack {
			t.nacks++
			return r.Nack(t.known.Version, response, "rejected by the load test"), nil
		}
		t.known.Version = response.Version
		if c.keep() == discovery.Versions {
			if t.known.Resources == nil {
				t.known.Resources = map[string]string{}
			}
			for name, version := range response.Versions {
				t.known.Resources[name] = version
			}
		}
		return r.Ack(response), nil
	}
	return nil, errors.New("response of a type that was not requested: " + response.TypeURL)
}

// Holds a client back that does not read.
type gate struct {
	closed atomic.Pointer[chan struct{}]
}

func (g *gate) set(closed bool) {
	if before := g.closed.Swap(nil); before != nil {
		close(*before)
	}
	if closed {
		next := make(chan struct{})
		g.closed.Store(&next)
	}
}

func (g *gate) wait(ctx context.Context) error {
	closed := g.closed.Load()
	if closed == nil {
		return nil
	}
	select {
	case <-*closed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
