// The peer of the benchmark: a server made of go-control-plane, driven by commands.
//
// It reads one command per line, in JSON, and prints one line of JSON with the result of each. See bench/protocol.ts.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"google.golang.org/grpc"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"github.com/envoyproxy/go-control-plane/pkg/cache/types"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"github.com/envoyproxy/go-control-plane/pkg/resource/v3"
	"github.com/envoyproxy/go-control-plane/pkg/server/v3"
)

type command struct {
	Do          string
	Cache       string
	Type        string
	PerNode     bool
	OwnContent  bool
	Hosts       int
	Count       int
	Nodes       int
	Round       int
	Changed     int
	Consecutive bool
	Gc          bool
}

type peer struct {
	command   command
	snapshots cache.SnapshotCache
	linear    *cache.LinearCache
	published int
	// The resources of each node, as they are now; of one where all have the same.
	worlds [][]types.Resource
}

func main() {
	log.SetFlags(0)
	peer := &peer{}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			log.Fatal(err)
		}
		result, err := peer.run(c)
		if err != nil {
			log.Fatal(err)
		}
		text, _ := json.Marshal(result)
		fmt.Println(string(text))
	}
}

func (p *peer) run(c command) (any, error) {
	switch c.Do {
	case "start":
		return p.start(c)
	case "publish":
		return p.publish(c)
	case "stats":
		if c.Gc {
			debug.FreeOSMemory()
		}
		return map[string]int64{"cpuUs": cpuUs(), "rssBytes": rssBytes()}, nil
	}
	return nil, fmt.Errorf("cannot do %q", c.Do)
}

func (p *peer) start(c command) (any, error) {
	p.command = c
	var source cache.Cache
	if c.Cache == "linear" {
		p.linear = cache.NewLinearCache(p.typeURL())
		source = p.linear
	} else {
		p.snapshots = cache.NewSnapshotCache(false, keys{c.PerNode}, nil)
		source = p.snapshots
	}
	xds := server.NewServer(context.Background(), source, nil)
	grpcServer := grpc.NewServer(grpc.MaxConcurrentStreams(1000000))
	discovery.RegisterAggregatedDiscoveryServiceServer(grpcServer, xds)
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go func() { log.Fatal(grpcServer.Serve(socket)) }()
	return map[string]int{"port": socket.Addr().(*net.TCPAddr).Port}, nil
}

func (p *peer) typeURL() string {
	if p.command.Type == "endpoints" {
		return resource.EndpointType
	}
	return resource.ClusterType
}

type keys struct{ perNode bool }

func (k keys) ID(node *core.Node) string {
	if k.perNode {
		return node.GetId()
	}
	return "all"
}

func (p *peer) publish(c command) (any, error) {
	began, cpu := time.Now(), cpuUs()
	version := fmt.Sprintf("r%06d", c.Round)
	var err error
	if p.linear != nil {
		version, err = p.publishLinear(c)
	} else {
		err = p.publishSnapshots(c, version)
	}
	return map[string]any{
		"version": version,
		"cpuUs":   cpuUs() - cpu,
		"wallUs":  time.Since(began).Microseconds(),
	}, err
}

func (p *peer) publishLinear(c command) (string, error) {
	update := map[string]types.Resource{}
	for _, i := range changed(c) {
		message := p.make(i, c.Round, namespace)
		update[cache.GetResourceName(message)] = message
	}
	p.published++
	return strconv.Itoa(p.published), p.linear.UpdateResources(update, nil)
}

func (p *peer) publishSnapshots(c command, version string) error {
	if p.worlds == nil {
		p.worlds = make([][]types.Resource, c.Nodes)
		for node := range p.worlds {
			p.worlds[node] = make([]types.Resource, c.Count)
		}
	}
	for node, world := range p.worlds {
		key, owner := "all", namespace
		if p.command.PerNode {
			key = "node-" + strconv.Itoa(node)
		}
		if p.command.OwnContent {
			owner = key
		}
		for _, i := range changed(c) {
			world[i] = p.make(i, c.Round, owner)
		}
		snapshot, err := cache.NewSnapshot(version, map[resource.Type][]types.Resource{p.typeURL(): world})
		if err != nil {
			return err
		}
		if err := p.snapshots.SetSnapshot(context.Background(), key, snapshot); err != nil {
			return err
		}
	}
	return nil
}

// What the content of a cluster names, unless that differs from node to node.
const namespace = "namespace"

func (p *peer) make(i, round int, owner string) types.Resource {
	if p.command.Type == "endpoints" {
		return makeEndpoints(i, round, p.command.Hosts)
	}
	return makeCluster(i, round, owner)
}

// The indexes of the resources that a publication changes: all at first, then some.
func changed(c command) []int {
	count := c.Changed
	if c.Round == 0 {
		count = c.Count
	}
	indexes := make([]int, count)
	for i := range indexes {
		if c.Consecutive {
			indexes[i] = (c.Round*count + i) % c.Count
		} else {
			indexes[i] = i * (c.Count / count)
		}
	}
	return indexes
}

func cpuUs() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return usage.Utime.Sec*1e6 + int64(usage.Utime.Usec) + usage.Stime.Sec*1e6 + int64(usage.Stime.Usec)
}

func rssBytes() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		log.Fatal(err)
	}
	var size, resident int64
	fmt.Sscan(string(text), &size, &resident)
	return resident * int64(os.Getpagesize())
}
