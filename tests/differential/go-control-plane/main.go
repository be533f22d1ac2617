// The peer of the differential test: a server made of go-control-plane, driven by commands.
//
// It prints its port. Then it reads one command per line, in JSON, and prints one line for each. A command sets the
// snapshot of a key, or clears it if there is no `resources` field.
package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"sort"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoregistry"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	tls "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	clusterservice "github.com/envoyproxy/go-control-plane/envoy/service/cluster/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	endpointservice "github.com/envoyproxy/go-control-plane/envoy/service/endpoint/v3"
	listenerservice "github.com/envoyproxy/go-control-plane/envoy/service/listener/v3"
	routeservice "github.com/envoyproxy/go-control-plane/envoy/service/route/v3"
	runtime "github.com/envoyproxy/go-control-plane/envoy/service/runtime/v3"
	secretservice "github.com/envoyproxy/go-control-plane/envoy/service/secret/v3"
	"github.com/envoyproxy/go-control-plane/pkg/cache/types"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"github.com/envoyproxy/go-control-plane/pkg/server/sotw/v3"
	"github.com/envoyproxy/go-control-plane/pkg/server/v3"
)

var messages = []proto.Message{
	&cluster.Cluster{}, &endpoint.ClusterLoadAssignment{}, &listener.Listener{}, &route.RouteConfiguration{},
	&route.ScopedRouteConfiguration{}, &tls.Secret{}, &runtime.Runtime{}, &core.TypedExtensionConfig{},
}

type resource struct {
	Type  string
	Value []byte
	TTLMs int64
}

type command struct {
	// Prints the version of a resource in delta responses.
	Version *resource
	// Waits until so many requests were read, and prints how many responses were written by then; -1: the stream is closed.
	Settle    int
	Key       string
	Resources []resource
}

type byCluster struct{}

func (byCluster) ID(node *core.Node) string {
	if node.GetCluster() == "" {
		return "all"
	}
	return node.GetCluster()
}

func main() {
	ads := flag.Bool("ads", false, "the cache's ADS mode, with the ordered ADS of the server")
	flag.Parse()
	snapshots := cache.NewSnapshotCache(*ads, byCluster{}, nil)
	counts := newCounts()
	xds := newServer(snapshots, *ads, counts)
	grpcServer := grpc.NewServer()
	discovery.RegisterAggregatedDiscoveryServiceServer(grpcServer, xds)
	clusterservice.RegisterClusterDiscoveryServiceServer(grpcServer, xds)
	endpointservice.RegisterEndpointDiscoveryServiceServer(grpcServer, xds)
	listenerservice.RegisterListenerDiscoveryServiceServer(grpcServer, xds)
	routeservice.RegisterRouteDiscoveryServiceServer(grpcServer, xds)
	routeservice.RegisterScopedRoutesDiscoveryServiceServer(grpcServer, xds)
	secretservice.RegisterSecretDiscoveryServiceServer(grpcServer, xds)
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go func() { log.Fatal(grpcServer.Serve(socket)) }()
	fmt.Println(socket.Addr().(*net.TCPAddr).Port)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			log.Fatal(err)
		}
		if c.Settle > 0 {
			fmt.Println(counts.settle(c.Settle))
			continue
		}
		if c.Version != nil {
			message, err := decode(*c.Version)
			if err != nil {
				log.Fatal(err)
			}
			bytes, _ := cache.MarshalResource(message)
			fmt.Println(cache.HashResource(bytes))
			continue
		}
		if err := apply(snapshots, c); err != nil {
			log.Fatal(err)
		}
		fmt.Println()
	}
}

func newServer(snapshots cache.SnapshotCache, ads bool, counts *counts) server.Server {
	if ads {
		return server.NewServer(context.Background(), snapshots, counts.callbacks(), sotw.WithOrderedADS())
	}
	return server.NewServer(context.Background(), snapshots, counts.callbacks())
}

// Counts the messages of the stream; there is one stream at a time.
type counts struct {
	sync.Mutex
	changed             *sync.Cond
	requests, responses int
	closed              bool
}

func newCounts() *counts {
	c := &counts{}
	c.changed = sync.NewCond(c)
	return c
}

func (c *counts) callbacks() server.Callbacks {
	return server.CallbackFuncs{
		StreamOpenFunc:         func(context.Context, int64, string) error { c.reset(); return nil },
		DeltaStreamOpenFunc:    func(context.Context, int64, string) error { c.reset(); return nil },
		StreamClosedFunc:       func(int64, *core.Node) { c.close() },
		DeltaStreamClosedFunc:  func(int64, *core.Node) { c.close() },
		StreamRequestFunc:      func(int64, *discovery.DiscoveryRequest) error { c.add(1, 0); return nil },
		StreamDeltaRequestFunc: func(int64, *discovery.DeltaDiscoveryRequest) error { c.add(1, 0); return nil },
		StreamResponseFunc: func(context.Context, int64, *discovery.DiscoveryRequest, *discovery.DiscoveryResponse) {
			c.add(0, 1)
		},
		StreamDeltaResponseFunc: func(int64, *discovery.DeltaDiscoveryRequest, *discovery.DeltaDiscoveryResponse) {
			c.add(0, 1)
		},
	}
}

func (c *counts) reset() {
	c.Lock()
	defer c.Unlock()
	c.requests, c.responses, c.closed = 0, 0, false
}

func (c *counts) close() {
	c.Lock()
	defer c.Unlock()
	c.closed = true
	c.changed.Broadcast()
}

func (c *counts) add(requests, responses int) {
	c.Lock()
	defer c.Unlock()
	c.requests += requests
	c.responses += responses
	c.changed.Broadcast()
}

func (c *counts) settle(requests int) int {
	c.Lock()
	defer c.Unlock()
	for c.requests < requests && !c.closed {
		c.changed.Wait()
	}
	if c.closed {
		return -1
	}
	return c.responses
}

func apply(snapshots cache.SnapshotCache, c command) error {
	if c.Resources == nil {
		snapshots.ClearSnapshot(c.Key)
		return nil
	}
	byType := map[string][]types.ResourceWithTTL{}
	for _, resource := range c.Resources {
		message, err := decode(resource)
		if err != nil {
			continue // its API cannot serve unknown types
		}
		item := types.ResourceWithTTL{Resource: message}
		if resource.TTLMs > 0 {
			ttl := time.Duration(resource.TTLMs) * time.Millisecond
			item.TTL = &ttl
		}
		byType[resource.Type] = append(byType[resource.Type], item)
	}
	// Each type has its own version, made from its content, so that unchanged types are not resent.
	snapshot := &cache.Snapshot{}
	for _, message := range messages {
		typeURL := "type.googleapis.com/" + string(message.ProtoReflect().Descriptor().FullName())
		items := byType[typeURL]
		snapshot.Resources[cache.GetResponseType(typeURL)] = cache.NewResourcesWithTTL(version(items), items)
	}
	return snapshots.SetSnapshot(context.Background(), c.Key, snapshot)
}

func decode(resource resource) (proto.Message, error) {
	kind, err := protoregistry.GlobalTypes.FindMessageByURL(resource.Type)
	if err != nil {
		return nil, err
	}
	message := kind.New().Interface()
	return message, proto.Unmarshal(resource.Value, message)
}

func version(items []types.ResourceWithTTL) string {
	var parts []string
	for _, item := range items {
		bytes, _ := proto.MarshalOptions{Deterministic: true}.Marshal(item.Resource)
		parts = append(parts, string(bytes))
	}
	sort.Strings(parts)
	hash := sha256.New()
	for _, part := range parts {
		hash.Write([]byte(part))
	}
	return hex.EncodeToString(hash.Sum(nil))[:16]
}
