package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"ts-control-plane/bench/discovery"
)

// The streams to open.
type open struct {
	Port    int
	Streams int
	// Streams on one connection.
	PerConnection int
	Delta         bool
	// The types that each stream subscribes to.
	Types []subscription
	// Stream i is of the node "<prefix>-<i>".
	NodePrefix string
	// HTTP/2's flow-control window of a stream, in bytes; at least 65,535.
	WindowBytes int32
	// Rejects each response.
	Nack bool
	// Reads nothing from the beginning.
	StartStalled bool
	// Sends the versions that it has when it reconnects, as Envoy does, and reads contents for that.
	Resume bool
}

type subscription struct {
	TypeURL string
	Names   []string
}

// Streams that do the same.
type group struct {
	open
	ctx         context.Context
	cancel      context.CancelFunc
	connections []*connection
	clients     []*client
	running     sync.WaitGroup
	stopChurn   context.CancelFunc
	next        int
	// In microseconds since 1970: when the streams began to connect.
	since atomic.Int64

	sync.Mutex
	ended map[string]int64
}

func newGroup(o open) (*group, error) {
	ctx, cancel := context.WithCancel(context.Background())
	g := &group{open: o, ctx: ctx, cancel: cancel, ended: map[string]int64{}, stopChurn: func() {}}
	g.since.Store(time.Now().UnixMicro())
	for i := 0; i < o.Streams; i++ {
		if i%o.PerConnection == 0 {
			connection, err := connect(o)
			if err != nil {
				return nil, err
			}
			g.connections = append(g.connections, connection)
		}
		g.clients = append(g.clients, newClient(g, i, g.connections[i/o.PerConnection]))
	}
	g.stall(o.StartStalled)
	for _, c := range g.clients {
		g.running.Add(1)
		go c.run()
	}
	return g, nil
}

// Notes a stream that has ended, though its client wanted to keep it.
func (g *group) note(reason string) {
	g.Lock()
	defer g.Unlock()
	g.ended[reason]++
}

// Loses all connections at once, and connects again at once.
func (g *group) reconnectAll() error {
	g.since.Store(time.Now().UnixMicro())
	var ends []context.CancelFunc
	for _, c := range g.clients {
		ends = append(ends, c.restart())
	}
	for _, c := range g.connections {
		if err := c.replace(g.open); err != nil {
			return err
		}
	}
	for _, end := range ends {
		end()
	}
	return nil
}

// Reconnects one stream after another, evenly spaced, with their connections if they share none.
func (g *group) churn(perSecond int) {
	g.stopChurn()
	if perSecond == 0 {
		return
	}
	var ctx context.Context
	ctx, g.stopChurn = context.WithCancel(g.ctx)
	ticker := time.NewTicker(time.Second / time.Duration(perSecond))
	go func() {
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			c := g.clients[g.next%len(g.clients)]
			g.next++
			end := c.restart()
			if g.PerConnection == 1 {
				if err := c.connection.replace(g.open); err != nil {
					g.note(err.Error())
				}
			}
			end()
		}
	}()
}

func (g *group) stall(stalled bool) {
	for _, c := range g.clients {
		c.gate.set(stalled)
	}
}

// Waits until each stream has had a response of each type since it connected.
func (g *group) served(timeout time.Duration) any {
	since := g.since.Load()
	times := g.wait(timeout, func(c *client) (int64, bool) { return c.servedAt, c.missing == 0 })
	return arrivalOf(times, since, len(g.clients))
}

// Waits until every stream has a version, or a later one.
func (g *group) await(typeURL, version string, since int64, timeout time.Duration) (any, error) {
	at := -1
	for i, t := range g.Types {
		if t.TypeURL == typeURL {
			at = i
		}
	}
	if at < 0 {
		return nil, fmt.Errorf("the group does not subscribe to %s", typeURL)
	}
	times := g.wait(timeout, func(c *client) (int64, bool) { return c.types[at].at, c.types[at].version >= version })
	return arrivalOf(times, since, len(g.clients)), nil
}

// Returns the times of the clients for which a condition has held within a timeout.
func (g *group) wait(timeout time.Duration, holds func(*client) (at int64, ok bool)) []int64 {
	end := time.Now().Add(timeout)
	waiting := g.clients
	var times []int64
	for {
		var rest []*client
		for _, c := range waiting {
			c.Lock()
			at, ok := holds(c)
			c.Unlock()
			if ok {
				times = append(times, at)
			} else {
				rest = append(rest, c)
			}
		}
		waiting = rest
		if len(waiting) == 0 || time.Now().After(end) {
			return times
		}
		time.Sleep(pause)
	}
}

const pause = 2 * time.Millisecond

func (g *group) mark() {
	for _, c := range g.clients {
		c.Lock()
		for i := range c.types {
			c.types[i].sinceMark = 0
		}
		c.Unlock()
	}
}

func (g *group) close() {
	g.cancel()
	for _, c := range g.connections {
		c.close()
	}
	g.running.Wait()
}

// The requests of a client for its types.
func (o open) requests(i int) []discovery.Requests {
	node := discovery.Node(fmt.Sprintf("%s-%d", o.NodePrefix, i), nil)
	var all []discovery.Requests
	for j, t := range o.Types {
		r := discovery.Requests{Delta: o.Delta, TypeURL: t.TypeURL, Names: t.Names}
		if j == 0 {
			r.Node = node // the server keeps it
		}
		all = append(all, r)
	}
	return all
}
