package main

import (
	"context"
	"fmt"
	"os"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"ts-control-plane/bench/discovery"
)

// The streams to open.
type open struct {
	Port    int
	Streams int
	// Streams on one connection.
	PerConnection int
	Delta         bool
	TypeURL       string
	// Names that a stream subscribes to; none: everything.
	NamesPerStream int
	// Subscribes to everything by a name, as all types need it but those that have a wildcard of old.
	Wildcard bool
	// Stream i begins with name i*NamesPerStream, and starts anew after this many.
	NamesOf    int
	NameFormat string
	// Stream i is of the node "node-i"; otherwise all are of "node-0".
	NodePerStream bool
	// A file with an encoded node without an id, which is then a part of every request.
	NodeFile string
}

// Envoy's own windows, so that big responses are not cut up.
const window = 256 << 20

type fleet struct {
	sync.Mutex
	streams     []*stream
	connections []*grpc.ClientConn
	cancel      context.CancelFunc
	failed      error
	awaited     string
	missing     int
	reached     chan struct{}
	counter     counter
}

type counter struct {
	messages, resources, removed, bytes atomic.Int64
}

func newFleet() *fleet {
	return &fleet{cancel: func() {}}
}

func (f *fleet) open(o open) error {
	f.close()
	var node []byte
	if o.NodeFile != "" {
		var err error
		if node, err = os.ReadFile(o.NodeFile); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	f.Lock()
	f.cancel = cancel
	f.failed = nil
	f.streams = nil
	f.Unlock()
	for i := 0; i < o.Streams; i++ {
		if i%o.PerConnection == 0 {
			connection, err := connect(o.Port)
			if err != nil {
				return err
			}
			f.connections = append(f.connections, connection)
		}
		s := &stream{fleet: f, requests: newRequests(o, i, node)}
		f.Lock()
		f.streams = append(f.streams, s)
		f.Unlock()
	}
	var opened sync.WaitGroup
	opened.Add(len(f.streams))
	for i, s := range f.streams {
		go s.run(ctx, f.connections[i/o.PerConnection], opened.Done)
	}
	opened.Wait()
	return f.error()
}

// The requests of stream i.
func newRequests(o open, i int, node []byte) discovery.Requests {
	id := "node-0"
	if o.NodePerStream {
		id = fmt.Sprintf("node-%d", i)
	}
	r := discovery.Requests{Delta: o.Delta, TypeURL: o.TypeURL, Repeat: node != nil, Node: discovery.Node(id, node)}
	if o.Wildcard {
		r.Names = []string{"*"}
	}
	for j := 0; j < o.NamesPerStream; j++ {
		r.Names = append(r.Names, fmt.Sprintf(o.NameFormat, (i*o.NamesPerStream+j)%o.NamesOf))
	}
	return r
}

func connect(port int) (*grpc.ClientConn, error) {
	return grpc.NewClient(
		fmt.Sprintf("passthrough:127.0.0.1:%d", port),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithInitialWindowSize(window),
		grpc.WithInitialConnWindowSize(window),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(discovery.Codec{}), grpc.MaxCallRecvMsgSize(1<<30)),
	)
}

// A response has arrived.
func (f *fleet) received(s *stream, version string) {
	now := time.Now().UnixMicro()
	f.Lock()
	defer f.Unlock()
	if s.version == version {
		return
	}
	s.version = version
	s.at = now
	if f.reached != nil && version == f.awaited {
		f.missing--
		f.settle()
	}
}

func (f *fleet) fail(err error) {
	f.Lock()
	defer f.Unlock()
	if f.failed == nil {
		f.failed = err
	}
	f.settle()
}

func (f *fleet) settle() {
	if f.reached != nil && (f.missing <= 0 || f.failed != nil) {
		close(f.reached)
		f.reached = nil
	}
}

func (f *fleet) error() error {
	f.Lock()
	defer f.Unlock()
	return f.failed
}

type arrival struct {
	P50Us  int64 `json:"p50Us"`
	P99Us  int64 `json:"p99Us"`
	LastUs int64 `json:"lastUs"`
}

// Waits until a number of streams have a version.
func (f *fleet) await(c command) (any, error) {
	f.Lock()
	reached := make(chan struct{})
	f.reached = reached
	f.awaited = c.Version
	f.missing = c.Reached
	for _, s := range f.streams {
		if s.version == c.Version {
			f.missing--
		}
	}
	f.settle()
	f.Unlock()
	select {
	case <-reached:
	case <-time.After(time.Duration(c.TimeoutMs) * time.Millisecond):
		f.Lock()
		defer f.Unlock()
		f.reached = nil
		return nil, fmt.Errorf("%d of %d streams have not got version %s in %d ms", f.missing, c.Reached, c.Version, c.TimeoutMs)
	}
	f.Lock()
	defer f.Unlock()
	if f.failed != nil {
		return nil, f.failed
	}
	var times []int64
	for _, s := range f.streams {
		if s.version == c.Version {
			times = append(times, s.at-c.SinceUs)
		}
	}
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	at := func(share float64) int64 { return times[int(share*float64(len(times)-1))] }
	return arrival{P50Us: at(0.5), P99Us: at(0.99), LastUs: at(1)}, nil
}

func (f *fleet) counts() any {
	return map[string]int64{
		"messages":  f.counter.messages.Load(),
		"resources": f.counter.resources.Load(),
		"removed":   f.counter.removed.Load(),
		"bytes":     f.counter.bytes.Load(),
	}
}

// Closes all connections at once, as killed clients do.
func (f *fleet) close() {
	f.cancel()
	for _, connection := range f.connections {
		connection.Close()
	}
	f.connections = nil
}
