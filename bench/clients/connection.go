package main

import (
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"

	"ts-control-plane/bench/discovery"
)

// A connection that can be lost and made again.
type connection struct {
	sync.Mutex
	grpc   *grpc.ClientConn
	closed bool
}

func connect(o open) (*connection, error) {
	c, err := dial(o)
	return &connection{grpc: c}, err
}

func (c *connection) get() *grpc.ClientConn {
	c.Lock()
	defer c.Unlock()
	return c.grpc
}

func (c *connection) replace(o open) error {
	next, err := dial(o)
	if err != nil {
		return err
	}
	c.Lock()
	defer c.Unlock()
	if c.closed {
		return next.Close()
	}
	before := c.grpc
	c.grpc = next
	return before.Close()
}

func (c *connection) close() {
	c.Lock()
	defer c.Unlock()
	c.closed = true
	c.grpc.Close()
}

// Clients of a fleet retry soon, with jitter.
var retries = backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.5, MaxDelay: 2 * time.Second}

func dial(o open) (*grpc.ClientConn, error) {
	return grpc.NewClient(
		fmt.Sprintf("passthrough:127.0.0.1:%d", o.Port),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithInitialWindowSize(o.WindowBytes),
		grpc.WithInitialConnWindowSize(16<<20),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: retries, MinConnectTimeout: 20 * time.Second}),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(discovery.Codec{}), grpc.MaxCallRecvMsgSize(1<<30)),
	)
}
